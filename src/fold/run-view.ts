/** What folding needs of an event; frames of the gateway and lines of the log both have it. */
export interface FoldEvent {
  readonly seq: number;
  /** ISO time. */
  readonly at: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly code: string;
  readonly text: string;
  readonly stage?: string;
  readonly host?: string;
  readonly guest?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** How far a batch is. */
export interface BatchView {
  readonly items: number;
  readonly done: number;
  readonly ended: boolean;
}

/** What is going on in one stage on one host, or has been: doing it and rolling it back are two rows. */
export interface Row {
  /** `prepare` is reading the project and asking the hosts; it has no stage and no host. */
  readonly verb: 'prepare' | 'do' | 'undo';
  readonly stage: string;
  readonly host: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Stopped: a cancel came before it was done. */
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  /** What it waits for or is at, in words. */
  readonly note?: string;
  readonly batches: ReadonlyMap<string, BatchView>;
}

/** A batch that is in work now. */
export interface Lane {
  readonly batch: string;
  /** Key of its row. */
  readonly row: string;
  readonly text: string;
  readonly attempt: number;
  readonly since: number;
}

/** Failed work that waits for a person. */
export interface OpenQuestion {
  readonly batch: string;
  readonly host: string;
  readonly text: string;
  readonly since: number;
}

/** How far a guest is on its way to ready. */
export interface GuestView {
  readonly state: 'climbing' | 'ready' | 'stalled';
  /** The last rung it reached; empty before the first. */
  readonly rung: string;
  /** Since its own start, when it reached that. */
  readonly seconds: number;
  readonly script?: 'running' | 'done';
}

/** What became of items so far. */
export interface Counts {
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  readonly undone: number;
  readonly leftOver: number;
  readonly warnings: number;
}

/** What is going on in a run, as its events tell it. Times are those of the events, in milliseconds. */
export interface RunView {
  /** Number of the last event that is in it. */
  readonly seq: number;
  readonly phase: 'waiting' | 'preparing' | 'running' | 'undoing' | 'ended';
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** In the order in which they began. */
  readonly rows: ReadonlyMap<string, Row>;
  readonly lanes: ReadonlyMap<string, Lane>;
  /** The oldest first. */
  readonly questions: readonly OpenQuestion[];
  readonly guests: ReadonlyMap<string, GuestView>;
  readonly counts: Counts;
}

/** Before the first event. */
export const emptyView: RunView = {
  seq: 0,
  phase: 'waiting',
  rows: new Map(),
  lanes: new Map(),
  questions: [],
  guests: new Map(),
  counts: { done: 0, failed: 0, skipped: 0, undone: 0, leftOver: 0, warnings: 0 },
};
