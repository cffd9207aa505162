import * as z from 'zod';
import type { RunEnd, RunInfo } from '../../client/runs.ts';
import type { Question } from '../../workflows/signals.ts';
import { describing, type Shape } from '../shape.ts';
import { failure } from './failure.ts';
import { endStatus, failedItem, runOutcome } from './outcome.ts';

const question = describing<Question>()(
  z.object({ batch: z.string(), host: z.string(), what: z.string(), message: z.string(), since: z.string() }),
);

const status = z.enum(['running', ...endStatus.options]);

/** How a run stands, for a client that joins it. */
export const joinedRun = z.object({
  command: z.string(),
  by: z.string(),
  status,
  startedAt: z.string(),
  asks: z.array(question),
});

/** One run, as it is listed. */
export const runInfo = describing<RunInfo>()(
  joinedRun.extend({
    deployment: z.string(),
    run: z.string(),
    requestId: z.string(),
    foreign: z.literal(true).exactOptional(),
    endedAt: z.string().exactOptional(),
  }),
);

const runEnd = describing<RunEnd>()(
  z.object({ status: endStatus, outcome: runOutcome.exactOptional(), failure: failure.exactOptional() }),
);

const stageTime = z.object({ stage: z.string(), verb: z.enum(['do', 'undo']), milliseconds: z.number() });

/** What happened in a run and how it ended, if it did. */
export const shownRun = runInfo.extend({
  end: runEnd.exactOptional(),
  /** With host, command, exit code and last lines, where the log has them. */
  failures: z.array(failedItem),
  stages: z.array(stageTime),
});

/** The state of a run that is listed. */
export const runStatus = z.object({ status });

/** How a run stands, for a client that joins it. */
export type JoinedRun = Shape<typeof joinedRun>;

/** How long a stage of a run took, from its first batch to its last; undoing it is told apart. */
export type StageTime = Shape<typeof stageTime>;

/** The answer to `show`. */
export type ShownRun = Shape<typeof shownRun>;
