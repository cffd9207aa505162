/** How loud an event is. */
export type EventLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line of a run's event log. Its number (`seq`, from 1) is its line number in the log. */
export interface RunEvent {
  /** ISO time. */
  readonly at: string;
  /** event: something happened; log: a line of output (a guest's script); progress: counters, replaceable. */
  readonly type: 'event' | 'log' | 'progress';
  readonly level: EventLevel;
  /** From the message registry. */
  readonly code: string;
  readonly text: string;
  readonly stage?: string;
  readonly host?: string;
  readonly guest?: string;
  readonly data?: Readonly<Record<string, unknown>>;
  /** Who wrote it: clients can tell a retry from a first attempt. */
  readonly source?: { readonly activity: string; readonly attempt: number };
}

/** A numbered event. */
export interface NumberedEvent extends RunEvent {
  readonly seq: number;
}

/** Takes an event without ever blocking or failing the work that emits it. */
export type EmitEvent = (event: Omit<RunEvent, 'at' | 'source'>) => void;

/** Append-only, numbered, one per run. Loss of an event can never change a result. */
export interface EventLog {
  append(run: string, events: readonly RunEvent[]): Promise<void>;
  /** Waits until everything appended so far is readable. */
  flush(): Promise<void>;
  read(run: string, after: number, limit: number): Promise<readonly NumberedEvent[]>;
  /** Number of the last line of a guest's script that the log holds, 0 when it holds none. */
  lastScriptLine(run: string, guest: string, script: string): Promise<number>;
  /** Everything after `after`, then what comes, until the signal is aborted. */
  follow(run: string, after: number, signal: AbortSignal): AsyncIterable<NumberedEvent>;
}
