import type { Duplex, Readable } from 'node:stream';
import type { ActivityClass } from '../model/activity-class.ts';
import type { Host } from '../model/host.ts';

/** One remote execution. */
export interface Execution {
  /**
   * Identity of the work, such as `<run>/<batch>`: a new execution under the same key first takes over, killing the
   * earlier one's process group and waiting until it is gone. Do and undo of a batch share their key.
   */
  readonly key: string;
  /**
   * What the work is like, and so how long it may go without a sign of life before it is stopped and fails
   * `command-hung`; `wait` has no limit here.
   */
  readonly limit: ActivityClass;
  /**
   * POSIX shell text, run with `set -u`; arrives on standard input, never in a command line. `$work` names a folder
   * that it may make: nobody else's, and gone afterwards however it ends.
   */
  readonly script: string;
  /** What follows the script on standard input: the script reads it as its own stdin. */
  readonly data?: Buffer | Readable;
  /** Aborting stops the whole process group on the host, then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Each complete line of stdout as it comes (then not collected in the result). */
  readonly onLine?: (line: string) => void;
  /**
   * Most bytes of stdout that are kept, with `onLine` of one line; 16 MiB unless told. With more the work is stopped on
   * the host, and the execution fails with `output-too-long`.
   */
  readonly mostOutput?: number;
}

/** How an execution ended. */
export interface ExecutionResult {
  readonly code: number;
  readonly stdout: string;
  /** Last 8 KiB. */
  readonly stderr: string;
}

/** The only way anything runs on a host. Throws Failure (class host) when the host cannot be reached. */
export interface Runner {
  run(host: Host, execution: Execution): Promise<ExecutionResult>;
  /** A byte stream to the standard input and output of a command on the host: carries the inner SSH of a guest. */
  open(host: Host, argv: readonly string[], signal?: AbortSignal): Promise<Duplex>;
  close(): Promise<void>;
}
