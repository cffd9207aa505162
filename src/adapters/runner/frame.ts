/** How an execution ended, as the program on the host framed it. */
export interface Frame {
  /** exit: it ran; stop: it was stopped; absent: there was nothing to stop; taken: another execution took its key over; stuck: the earlier one cannot be killed; cut: its input was cut off. */
  readonly state: 'exit' | 'stop' | 'absent' | 'taken' | 'stuck' | 'cut';
  readonly code: number;
  readonly stderr: string;
}

/** Takes an execution's output apart: what the script printed, then the frame that says how it ended. */
export class FrameReader {
  readonly #marker: Buffer;
  readonly #onOutput: (chunk: Buffer) => void;
  /** What may be the beginning of the frame, or the frame as far as it came. */
  #rest: Buffer = Buffer.alloc(0);
  #framed = false;

  constructor(token: string, onOutput: (chunk: Buffer) => void) {
    this.#marker = Buffer.from(`kc:${token}:`);
    this.#onOutput = onOutput;
  }

  /** The frame once it is whole. */
  push(chunk: Buffer): Frame | undefined {
    const all = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    if (this.#framed) {
      this.#rest = all;
      return this.#parse();
    }
    const at = all.indexOf(this.#marker);
    const end = at >= 0 ? at : all.length - this.#held(all);
    if (end > 0) this.#onOutput(all.subarray(0, end));
    this.#rest = all.subarray(end);
    this.#framed = at >= 0;
    return this.#framed ? this.#parse() : undefined;
  }

  /** How many of the last bytes may be the beginning of the marker. */
  #held(all: Buffer): number {
    for (let length = Math.min(this.#marker.length - 1, all.length); length > 0; length -= 1) {
      if (this.#marker.subarray(0, length).equals(all.subarray(all.length - length))) return length;
    }
    return 0;
  }

  #parse(): Frame | undefined {
    const newline = this.#rest.indexOf(10);
    if (newline < 0) return undefined;
    const [state, code, bytes] = this.#rest.subarray(this.#marker.length, newline).toString('latin1').split(':');
    const stderr = this.#rest.subarray(newline + 1, newline + 1 + Number(bytes));
    if (stderr.length < Number(bytes)) return undefined;
    return { state: state as Frame['state'], code: Number(code), stderr: stderr.toString('utf8') };
  }
}

/** Calls back with each complete line; a last line without its newline counts when the stream ends. */
export class Lines {
  #rest: Buffer[] = [];
  /** Bytes of a line whose end has not come. */
  held = 0;
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      this.#onLine(Buffer.concat([...this.#rest, chunk.subarray(from, at)]).toString('utf8'));
      this.drop();
      from = at + 1;
    }
    if (from === chunk.length) return;
    this.#rest.push(chunk.subarray(from));
    this.held += chunk.length - from;
  }

  /** Forgets the line whose end has not come. */
  drop(): void {
    this.#rest = [];
    this.held = 0;
  }

  end(): void {
    if (this.#rest.length > 0) this.#onLine(Buffer.concat(this.#rest).toString('utf8'));
    this.drop();
  }
}
