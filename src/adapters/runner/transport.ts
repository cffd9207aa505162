import type { Duplex, Readable, Writable } from 'node:stream';

/** The three streams of a command on a host. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the command has ended or the connection is gone, whichever comes first; never rejects. */
  readonly closed: Promise<{ readonly code: number | undefined; readonly why?: string }>;
  /** Lets go of the streams; the runner program ends at the end of its input. */
  destroy(): void;
}

/** A way to start commands on one host, as root. */
export interface Transport {
  /** `urgent` goes before everything that waits for a free channel, and may use the last ones. Throws Failure. */
  exec(command: string, options: { readonly urgent?: boolean; readonly signal?: AbortSignal }): Promise<Channel>;
  open(argv: readonly string[], signal?: AbortSignal): Promise<Duplex>;
  close(): void;
}
