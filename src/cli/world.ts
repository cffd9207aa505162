import type { ProjectFiles } from '../ports/project.ts';
import type { Dial } from '../gateway/protocol/socket.ts';

/** A stream a command writes to. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
}

/** A process of the server, as `server status` shows it. */
export interface ServerPart {
  readonly pid: number;
  readonly restarts: number;
}

/** A server that runs. */
export interface ServerInfo {
  readonly state: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
  readonly port: number;
  readonly temporal: { readonly address: string; readonly ui: string; readonly version: string };
  readonly parts: Readonly<Record<string, ServerPart>>;
}

/** The server on this machine. */
export interface ServerControl {
  readonly home: string;
  running(): Promise<ServerInfo | undefined>;
  /** Starts it in the background; throws Failure. `say` hears what takes long. */
  start(say: (text: string) => void): Promise<{ readonly info: ServerInfo; readonly already: boolean }>;
  /** False when none was running. */
  stop(): Promise<boolean>;
  /** The last lines of a part's log, then what comes, until the signal is aborted. */
  logs(part: string, lines: number, follow: AbortSignal | undefined, take: (text: string) => void): Promise<void>;
}

/** Everything a command has of the world; tests hand in their own. */
export interface CliWorld {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** `ann@laptop`. */
  readonly user: string;
  readonly version: string;
  readonly dial: Dial;
  readonly server: ServerControl;
  /** Throws Failure `file-missing` or `file-unreadable`. */
  readText(path: string): Promise<string>;
  /** Copies a file that the server made; throws Failure when it cannot. */
  copyFile(from: string, to: string): Promise<void>;
  exists(path: string): boolean;
  /** The files of a project, to write, to remove and to know by content. */
  projectFiles(): Promise<ProjectFiles>;
  /** What the image catalogue of this terminal knows. */
  imageNames(): Promise<readonly string[]>;
  /** Runs a program on this terminal; its exit code. */
  spawn(argv: readonly string[]): Promise<number>;
  /** Ctrl-C goes to the listener instead of ending the process; the result takes it away again. */
  onInterrupt(listener: () => void): () => void;
  /** Key presses go to the listener one by one, unseen; undefined where nobody sits at a keyboard. */
  onKeys(listener: (key: string) => void): (() => void) | undefined;
  now(): number;
  newId(): string;
}
