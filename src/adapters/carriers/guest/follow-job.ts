import { followCommand, jobMark, type JobStart } from './job-program.ts';
import type { GuestSession } from './session.ts';

/** How a job is told apart from one that was only lost sight of. */
export type JobEnd =
  | { readonly how: 'ended'; readonly code: string }
  | { readonly how: 'already' | 'interrupted' | 'cut' | 'refused' | 'lost'; readonly why: string };

/** What is heard while a job runs. */
export interface JobListener {
  /** `started` by us just now, or `adopted`: found running, or ended while nobody looked. */
  onBegin(how: 'started' | 'adopted'): void;
  /** Of an adopted job: how many lines were told before. */
  heard(): Promise<number>;
  /** A complete line of output, with its number in the log. */
  onLine(line: string, number: number): void;
}

/** Bytes of a line that are held. */
const mostOfLine = 64 * 1024;

/** Follows one job over as many connections as it takes; lines come once each, in order. */
export class JobFollower {
  readonly #start: Omit<JobStart, 'from'>;
  readonly #script: Buffer;
  readonly #listener: JobListener;
  #rest: Buffer = Buffer.alloc(0);
  #from = 0;
  #lines = 0;
  #begun = false;
  #asking: Promise<void> | undefined;
  #heard = 0;
  readonly #held: Buffer[] = [];

  constructor(start: Omit<JobStart, 'from'>, script: Buffer, listener: JobListener) {
    this.#start = start;
    this.#script = script;
    this.#listener = listener;
  }

  /** The last line that is not empty, for failures. */
  lastLines: string[] = [];

  async follow(session: GuestSession): Promise<JobEnd> {
    this.#rest = Buffer.alloc(0);
    this.#held.length = 0;
    let end: JobEnd | undefined;
    let noise = '';
    const onWord = (word: string, rest: string): void => {
      if (word === 'started' || word === 'adopted') this.#begin(word);
      else if (word === 'ended') end = { how: 'ended', code: rest };
      else end = { how: word as 'already', why: rest };
    };
    const { code } = await session.exec(followCommand({ ...this.#start, from: this.#from }), {
      stdin: this.#script,
      onStdout: (chunk) => this.#take(chunk),
      onStderr: (chunk) => (noise = readWords(noise + chunk.toString('utf8'), onWord)),
    });
    await this.#asking;
    if (end) {
      this.#finish();
      return end;
    }
    if (code === undefined || code === 0) return { how: 'lost', why: 'the connection broke' };
    return { how: 'refused', why: noise.trim().slice(-500) || `exit code ${code}` };
  }

  #begin(how: 'started' | 'adopted'): void {
    if (this.#begun || this.#asking !== undefined) return;
    this.#listener.onBegin(how);
    this.#asking = how === 'adopted' ? this.#askHeard() : Promise.resolve(this.#goOn());
  }

  /** A worker before this one told some of the lines. */
  async #askHeard(): Promise<void> {
    this.#heard = await this.#listener.heard().catch(() => 0);
    this.#goOn();
  }

  #goOn(): void {
    this.#begun = true;
    const held = this.#held.splice(0);
    if (held.length > 0) this.#take(Buffer.concat(held));
  }

  #take(chunk: Buffer): void {
    // The word and the output are two streams: either may be here first.
    if (!this.#begun) {
      this.#held.push(chunk);
      return;
    }
    let text = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = text.indexOf(0x0a);
      const isLine = end >= 0 && end <= mostOfLine;
      // What does not end its line, such as a progress bar, is told in pieces: every follower cuts at the same places.
      if (!isLine && text.length <= mostOfLine) break;
      const length = isLine ? end : mostOfLine;
      this.#line(text.subarray(0, length));
      const used = isLine ? length + 1 : length;
      this.#from += used;
      text = text.subarray(used);
    }
    this.#rest = text;
  }

  /** A last line without its newline. */
  #finish(): void {
    if (this.#rest.length > 0) this.#line(this.#rest);
    this.#rest = Buffer.alloc(0);
  }

  #line(bytes: Buffer): void {
    this.#lines += 1;
    const line = bytes.toString('utf8').replace(/\r$/, '');
    this.lastLines = [...this.lastLines.slice(-19), line];
    if (this.#lines > this.#heard) this.#listener.onLine(line, this.#lines);
  }
}

/** Calls back with each complete line of ours; returns what is not a complete line yet, and the guest's own words. */
function readWords(text: string, onWord: (word: string, rest: string) => void): string {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const others = lines.filter((line) => {
    const [label, word, ...more] = line.split(' ');
    if (label !== jobMark || word === undefined) return true;
    onWord(word, more.join(' '));
    return false;
  });
  return [...others.slice(-20), rest].join('\n');
}
