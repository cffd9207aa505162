import type { Readable } from 'node:stream';

import { Failure } from '../../model/failure.ts';
import { type Frame, FrameReader } from './frame.ts';
import { notPlaced, placeAndServeCommand, program, readyLine, serveCommand } from './program.ts';
import type { Channel, Transport } from './transport.ts';

/** A host that gives us a channel but does not start a shell in this time does not answer. */
const readyMilliseconds = 30_000;

/** A running runner program on a host, which serves one request at a time. */
export class Worker {
  readonly #channel: Channel;
  #onChunk: (chunk: Buffer) => void = () => {};
  #ended = false;
  /** Why the channel is gone, as far as anybody knows. */
  why: string | undefined;

  private constructor(channel: Channel) {
    this.#channel = channel;
    for (const stream of [channel.stdin, channel.stdout, channel.stderr]) stream.on('error', () => {});
    channel.stdout.on('data', (chunk: Buffer) => this.#onChunk(chunk));
    void channel.closed.then(({ why }) => {
      this.why = why;
      this.#ended = true;
    });
  }

  /** Starts a program; places it first when it is not known to be there. Throws Failure. */
  static async start(
    host: string,
    transport: Transport,
    placed: boolean,
    options: { readonly urgent?: boolean; readonly signal?: AbortSignal },
  ): Promise<Worker> {
    const channel = await transport.exec(placed ? serveCommand : placeAndServeCommand, options);
    const worker = new Worker(channel);
    const noise: Buffer[] = [];
    channel.stderr.on('data', (chunk: Buffer) => {
      if (noise.length < 100) noise.push(chunk);
    });
    if (!placed) channel.stdin.write(program);
    const ended = await worker.#ready(options.signal);
    if (ended === undefined) return worker;
    worker.end();
    options.signal?.throwIfAborted();
    if (placed && ended.code === notPlaced) return Worker.start(host, transport, false, options);
    throw startFailure(host, ended, Buffer.concat(noise).toString('utf8'));
  }

  get usable(): boolean {
    return !this.#ended;
  }

  /** Sends a request; resolves with its frame, or undefined when the channel was lost before the frame was whole. */
  async ask(
    token: string,
    request: readonly Buffer[],
    data: Readable | undefined,
    onOutput: (chunk: Buffer) => void,
  ): Promise<Frame | undefined> {
    const { stdin } = this.#channel;
    const frame = await new Promise<Frame | undefined>((resolve) => {
      const reader = new FrameReader(token, onOutput);
      this.#onChunk = (chunk) => {
        const found = reader.push(chunk);
        if (found) resolve(found);
      };
      void this.#channel.closed.then(() => resolve(undefined));
      // Apart, so that large data is not copied; corked, so that small ones go in one piece.
      stdin.cork();
      for (const part of request) stdin.write(part);
      stdin.uncork();
      if (data) {
        data.once('error', () => this.end());
        data.pipe(stdin);
      }
    });
    if (data) data.unpipe(stdin);
    // Anything but an exit leaves unread input behind.
    if (data || frame?.state !== 'exit') this.end();
    return frame;
  }

  end(): void {
    this.#ended = true;
    this.#channel.destroy();
  }

  /** Undefined once it reads requests. */
  #ready(signal?: AbortSignal): Promise<Ended | undefined> {
    return new Promise((resolve) => {
      const onAbort = (): void => settle({ code: undefined });
      signal?.addEventListener('abort', onAbort, { once: true });
      const late = { code: undefined, why: `no program was started in ${readyMilliseconds / 1000} s` };
      const timer = setTimeout(() => settle(late), readyMilliseconds);
      const settle = (ended: Ended | undefined): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        resolve(ended);
      };
      let said = '';
      this.#onChunk = (chunk) => {
        // A login shell may print any amount before.
        said = (said + chunk.toString('latin1')).slice(-readyLine.length - 1);
        if (said.endsWith(`${readyLine}\n`)) settle(undefined);
      };
      void this.#channel.closed.then(settle);
    });
  }
}

interface Ended {
  readonly code: number | undefined;
  readonly why?: string;
}

function startFailure(host: string, ended: Ended, noise: string): Failure {
  const stderr = noise.trim().slice(-500);
  if (ended.code === undefined) {
    const message = `the connection to ${host} broke${ended.why === undefined ? '' : `: ${ended.why}`}`;
    return new Failure({ code: 'host-unreachable', class: 'host', message, host, stderr });
  }
  const sudo = /sudo/.test(noise);
  const message = sudo
    ? `the user on ${host} may not use sudo without a password`
    : `the runner cannot be started on ${host}: ${stderr || `exit code ${ended.code}`}`;
  const hint = sudo
    ? 'allow it in sudoers (NOPASSWD), or use root'
    : 'the user must be root or able to use `sudo -n`; /var/lib/kvm-compose and /run must be writable';
  return new Failure({ code: 'host-rights', class: 'permanent', message, host, hint, stderr, exitCode: ended.code });
}
