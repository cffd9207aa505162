import type { ReadAnswers, ReadInput, RunInput, RunOptions, RunOutcome } from '../workflows/contract.ts';
import type { CancelRequest, Decision, Question } from '../workflows/signals.ts';
import type { FailureData } from '../model/failure.ts';

/** One run of one deployment. */
export interface RunId {
  readonly deployment: string;
  readonly run: string;
}

/** What is asked when a command is started. `requestId` makes asking twice harmless. */
export interface StartRequest extends Pick<
  RunInput,
  'command' | 'deployment' | 'folder' | 'file' | 'hostsFile' | 'variables' | 'guests' | 'by'
> {
  readonly options: RunOptions;
  readonly requestId: string;
}

/** What is asked of the hosts. */
export interface ReadRequest<W extends keyof ReadAnswers> extends Pick<
  RunInput,
  'deployment' | 'folder' | 'file' | 'hostsFile' | 'variables' | 'guests'
> {
  /** For a bundle: the run it is about, and how it stands. */
  readonly run?: string;
  readonly stands?: NonNullable<ReadInput['stands']>;
  /** `garbage` is about all deployments: its `deployment` is empty. */
  readonly what: W;
  readonly options: ReadInput['options'];
}

/** How a run stands, as Temporal tells it. */
export interface RunInfo extends RunId {
  readonly command: string;
  readonly by: string;
  readonly requestId: string;
  /** It carries no signature of this server: somebody started it past us, and its input was refused. */
  readonly foreign?: true;
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled';
  readonly startedAt: string;
  readonly endedAt?: string;
  /** What waits for a person. */
  readonly asks: readonly Question[];
}

/** How a run ended. */
export interface RunEnd {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly outcome?: RunOutcome;
  readonly failure?: FailureData;
}

/** Everything the gateway asks of Temporal. Throws Failure: `busy`, `no-such-run`, `no-server` and what runs fail with. */
export interface Runs {
  start(request: StartRequest): Promise<RunId>;
  /** The signal ends the waiting for the answer, not the reading. */
  read<W extends keyof ReadAnswers>(request: ReadRequest<W>, signal?: AbortSignal): Promise<ReadAnswers[W]>;
  /** The deployment's current or last run, or the given one. */
  find(deployment: string, run?: string): Promise<RunInfo>;
  /** Waits until the run has ended, or until the signal is aborted: then nothing is left that waits. */
  ended(id: RunId, signal?: AbortSignal): Promise<RunEnd>;
  cancel(id: RunId, request: CancelRequest): Promise<void>;
  /** Answers what the run asks; names the batches that were decided. Throws Failure `not-asked`, `bad-choice`. */
  decide(id: RunId, decision: Decision, requestId: string): Promise<readonly string[]>;
  /** Newest first. */
  list(deployment?: string): Promise<readonly RunInfo[]>;
}
