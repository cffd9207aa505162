import type { FailureData } from '../../model/failure.ts';

/** What a client sends. `id` is the client's own, unique per connection; answers carry it. */
export type ClientFrame =
  | { readonly type: 'hello'; readonly protocol: 1; readonly token: string; readonly client: string }
  | {
      readonly type: 'command';
      readonly id: string;
      readonly command: 'up' | 'down' | 'gc';
      readonly deployment: string;
      readonly folder: string;
      readonly file: string;
      readonly hostsFile?: string;
      /** Values of the variables the project's files refer to. */
      readonly variables?: Readonly<Record<string, string>>;
      readonly options: Readonly<Record<string, unknown>>;
      /** Follow the run on this connection (events, then result). */
      readonly follow: boolean;
    }
  | {
      readonly type: 'read';
      readonly id: string;
      readonly what: 'plan' | 'status' | 'artefacts';
      readonly deployment: string;
      readonly folder: string;
      readonly file: string;
      readonly hostsFile?: string;
      /** Values of the variables the project's files refer to. */
      readonly variables?: Readonly<Record<string, string>>;
      readonly options: Readonly<Record<string, unknown>>;
    }
  /** Looks at all hosts for what nobody owns; answered by a result with a GarbageReport. */
  | { readonly type: 'garbage'; readonly id: string; readonly hostsFile?: string }
  /** `run` is `<deployment>` for the current or last run, or `<deployment>/<run id>`. */
  | { readonly type: 'attach'; readonly id: string; readonly run: string; readonly since: number }
  /** What the log of a run holds now after a number: events, then an ack. */
  | { readonly type: 'events'; readonly id: string; readonly run: string; readonly since: number }
  /** What happened in a run and how it ended: an ack. */
  | { readonly type: 'show'; readonly id: string; readonly run: string }
  /** One archive about a run, on the server's machine: a result with its path. */
  | { readonly type: 'bundle'; readonly id: string; readonly run: string }
  | { readonly type: 'cancel'; readonly id: string; readonly run: string; readonly by: string; readonly reason: string }
  /** Answers what a run with `onFailure: ask` asks; all its open questions without `batch`. The ack's data names what was decided. */
  | {
      readonly type: 'decide';
      readonly id: string;
      readonly run: string;
      readonly choice: 'retry' | 'skip' | 'stop';
      readonly batch?: string;
      readonly by: string;
    }
  | { readonly type: 'list'; readonly id: string; readonly what: 'runs' | 'deployments'; readonly deployment?: string };

/** Reason with which the gateway closes connections when somebody stops the server. */
export const stoppingReason = 'the server is stopping';

/** What the server sends. `ack` and `result` come from Temporal, never from the event log. */
export type ServerFrame =
  | { readonly type: 'welcome'; readonly protocol: 1; readonly server: string; readonly temporalUi?: string }
  | { readonly type: 'ack'; readonly id: string; readonly run?: string; readonly data?: unknown }
  | { readonly type: 'nack'; readonly id: string; readonly failure: FailureData }
  | {
      readonly type: 'result';
      readonly id: string;
      readonly run?: string;
      readonly status: ResultStatus;
      readonly data?: unknown;
      readonly failure?: FailureData;
    }
  | ({
      readonly type: 'event' | 'log' | 'progress';
      readonly id: string;
      readonly run: string;
      readonly seq: number;
    } & EventBody)
  /** The client fell behind and is cut: attach again since the last number it has. */
  | { readonly type: 'behind'; readonly id: string; readonly run: string; readonly seq: number };

/** How a command ended. */
export type ResultStatus = 'completed' | 'failed' | 'cancelled';

/** The body of an event frame: a run's event without its number and type. */
export interface EventBody {
  readonly at: string;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly code: string;
  readonly text: string;
  readonly stage?: string;
  readonly host?: string;
  readonly guest?: string;
  readonly data?: Readonly<Record<string, unknown>>;
}
