import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';

import { elevated } from './elevate.ts';
import { quoteArgv } from './quote.ts';
import type { Channel, Transport } from './transport.ts';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** In a session of its own: a Ctrl-C in the server's terminal is not meant for it. */
function start(command: string): Child {
  const user = process.getuid?.() === 0 ? 'root' : 'other';
  return spawn('/bin/sh', ['-c', elevated(command, user)], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
}

function closedOf(child: Child): Channel['closed'] {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: undefined, why: error.message }));
    child.once('close', (code) => resolve({ code: code ?? undefined }));
  });
}

/** Commands on this machine. */
export class LocalTransport implements Transport {
  async exec(command: string, options: { readonly signal?: AbortSignal }): Promise<Channel> {
    options.signal?.throwIfAborted();
    const child = start(command);
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      closed: closedOf(child),
      destroy: () => {
        for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
      },
    };
  }

  async open(argv: readonly string[], signal?: AbortSignal): Promise<Duplex> {
    signal?.throwIfAborted();
    return new ChildStream(start(quoteArgv(argv)));
  }

  close(): void {}
}

/** A command's standard input and output as one stream; destroying it ends the command. */
class ChildStream extends Duplex {
  readonly #child: Child;

  constructor(child: Child) {
    super({ allowHalfOpen: true });
    this.#child = child;
    child.stderr.resume();
    child.once('error', (error) => this.destroy(error));
    child.stdin.on('error', (error) => this.destroy(error));
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stdout.once('end', () => this.push(null));
    child.once('close', () => this.destroy());
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#child.stdin.write(chunk, callback);
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#child.stdin.end(callback);
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const { pid } = this.#child;
    try {
      if (pid !== undefined && this.#child.exitCode === null) process.kill(-pid, 'SIGTERM');
    } catch {
      // It ended by itself.
    }
    callback(error);
  }
}
