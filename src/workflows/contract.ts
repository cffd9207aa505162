import type { GenerateReport } from '../api/answers/artefacts.ts';
import type { MadeBundle } from '../api/answers/bundle.ts';
import type { ShownPlan } from '../api/answers/plan.ts';
import type { DeploymentStatus } from '../api/answers/status.ts';
import type { BootParallelism } from '../model/admission.ts';
import type { FailureData } from '../model/failure.ts';
import type { GarbageReport } from '../model/garbage.ts';
import type { Outline, PlanPolicy, PlanSummary } from '../model/plan.ts';
import type { VerbName } from '../model/request.ts';
import type { Fingerprint } from '../planner/fingerprint.ts';

/**
 * Commands that change something, and the names of their workflows. gc removes what no deployment owns; create and reset
 * change only what the server remembers.
 */
export type Command = 'up' | 'down' | 'gc' | 'forget' | 'create' | 'reset' | VerbName;

/** What every changing command is started with. References only: never a plan, never a secret. */
export interface RunInput {
  readonly command: Command;
  readonly deployment: string;
  /** Absolute folder of the project file on the server's machine. */
  readonly folder: string;
  readonly file: string;
  readonly hostsFile?: string;
  /** Values of the variables the project's files refer to. They are in the run's history: no place for secrets. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Names and globs, of a verb or a `down` that is about some guests only. */
  readonly guests?: readonly string[];
  readonly by: string;
  /** Against replay of signed input: unique, and not accepted after `expires` (ISO time). */
  readonly nonce: string;
  readonly expires: string;
  readonly options: RunOptions;
}

/** What the user chose on the command line. */
export interface RunOptions {
  /** Do not roll anything back when cancelled. */
  readonly keep?: boolean;
  readonly onFailure?: 'stop' | 'undo' | 'ask';
  /** How long rolling back waits for a host that does not answer; two minutes unless told. */
  readonly undoWaitSeconds?: number;
  /** `down` only: remove what can be reached, and keep knowing the rest. */
  readonly skipUnreachable?: boolean;
  readonly strict?: boolean;
  /** Allow changes that lose the user's data or move guests. */
  readonly replace?: boolean;
  /** `down` only: remove disks too. */
  readonly purge?: boolean;
  /** `up` only: make the disks of all guests anew. */
  readonly forceProvisioning?: boolean;
  /** `up` only: run every script again. */
  readonly rerunScripts?: boolean;
  /** `up` only: remove and make again all access rules. */
  readonly reapplyAcl?: boolean;
  /** `forget` only: the host that never comes back. */
  readonly host?: string;
  /** `rerun` only: the script's file name; all of the guest's without it. */
  readonly script?: string;
  /** What is lost by what was asked for (`rebuild`, `--provision`) was agreed to. */
  readonly lose?: boolean;
  /** How long a guest may take to power itself off; 0 = at once. */
  readonly stopSeconds?: number;
  /** How many guests may boot at a time on a host; without it the host's size and load decide. */
  readonly bootParallelism?: BootParallelism;
  /** Only when planning comes to this again: a saved plan. */
  readonly expect?: Fingerprint;
}

/** What `prepare` returns to the workflow. */
export interface Prepared {
  readonly plan: string;
  readonly outline: Outline;
  readonly summary: PlanSummary;
  readonly policy?: PlanPolicy;
  /** Index of the first batch of the last segment, which runs only when all before has succeeded. */
  readonly lastFrom?: number;
  readonly guests: number;
  readonly hosts: readonly string[];
  /** Hosts a `down` goes without, with the guests that are known to be there. */
  readonly unreachable?: readonly {
    readonly host: string;
    readonly reason: string;
    readonly guests: readonly string[];
  }[];
}

/** Input of the two activities that touch hosts. */
export interface BatchInput {
  readonly deployment: string;
  readonly plan: string;
  readonly batch: string;
  /** Of a plan that was made anew in the same run: its batches have the same names. */
  readonly segment?: number;
  readonly verb: 'do' | 'undo';
  /** Of the batches it waits for, what failed: whole batches, and single items by id. What needs them is not tried. */
  readonly failed: { readonly batches: readonly string[]; readonly items: readonly string[] };
  /** Undo only: items that were never tried, so that there is nothing to roll back. */
  readonly untouched: readonly string[];
  /** Undo only: how long a host that does not answer is waited for, before its items are given up as left over. */
  readonly waitSeconds?: number;
}

/** What an activity reports about its batch: counts, and names only where something went wrong. */
export interface BatchReport {
  readonly done: number;
  readonly already: number;
  /** The first ones in full, the others in brief: a report has to fit a payload. */
  readonly failed: readonly { readonly item: string; readonly failure: FailureData }[];
  /** Items that failed too, where there was no room to say why. */
  readonly failedToo?: readonly string[];
  readonly skipped: readonly string[];
  /** Nothing of it succeeded; `failed` names the first. */
  readonly whole?: boolean;
  /**
   * Undo only: what cannot be rolled back, and why; it was in the plan from the start. `lost`: what it removed does not
   * come back, so nothing that needs it can.
   */
  readonly never: readonly { readonly item: string; readonly why: string; readonly lost: boolean }[];
}

/** Result of a completed run, and of a failed or cancelled one in the memo `outcome`. */
export interface RunOutcome {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly summary: Prepared['summary'];
  readonly failures: readonly { readonly item: string; readonly failure: FailureData }[];
  readonly skipped: number;
  /** How many items were rolled back, and what could not be. */
  readonly undone: number;
  readonly leftovers: readonly Leftover[];
  readonly reason?: string;
}

/** Something that could not be removed, and why. */
export interface Leftover {
  readonly item: string;
  readonly why: string;
  readonly host?: string;
}

/** What each read is answered with. */
export interface ReadAnswers {
  readonly plan: ShownPlan;
  readonly status: DeploymentStatus;
  readonly garbage: GarbageReport;
  readonly artefacts: GenerateReport;
  readonly bundle: MadeBundle;
}

/** One of the answers to reads. */
export type ReadAnswer = ReadAnswers[keyof ReadAnswers];

/** Input of `read/<deployment>/…` workflows. A look for garbage is about all deployments: its `deployment` is empty. */
export interface ReadInput {
  /** For a bundle: the run it is about. */
  readonly run?: string;
  /** How that run stands, as Temporal tells it: one that was terminated there could write no end into its record. */
  readonly stands?: RunStanding;
  readonly what: keyof ReadAnswers;
  readonly deployment: string;
  readonly folder: string;
  readonly file: string;
  readonly hostsFile?: string;
  /** Values of the variables the project's files refer to. They are in the run's history: no place for secrets. */
  readonly variables?: Readonly<Record<string, string>>;
  /** For `status`: names and globs; all guests where it is left out. One guest asks its own host only. */
  readonly guests?: readonly string[];
  readonly nonce: string;
  readonly expires: string;
  readonly options: ReadOptions;
}

/** How a run stands. */
export interface RunStanding {
  readonly status: 'running' | RunOutcome['status'];
  readonly endedAt?: string;
}

/** What the user chose for a read. `force`: overwrite artefacts the user edited. */
export interface ReadOptions extends RunOptions {
  readonly command?: 'up' | 'down';
  readonly force?: boolean;
}

/** Something the workflow itself has to say, for the run's log. */
export interface RunEvent {
  readonly code: 'decision-asked' | 'decision-made';
  readonly text: string;
  readonly host?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Input of the activity that ends every run. */
export interface RecordInput {
  readonly input: RunInput;
  readonly plan: string | undefined;
  readonly outcome: RunOutcome;
}
