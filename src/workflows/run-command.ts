import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { searchAttributeNames } from '../model/search-attributes.ts';
import { cancellation, cancelled, handleCancelSignal } from './cancellation.ts';
import type { Prepared, RunInput, RunOutcome } from './contract.ts';
import { runActivities } from './proxies.ts';
import { failureIn, type Ledger, newLedger, runPlan } from './run-plan.ts';
import { progressQuery, type RunProgress } from './signals.ts';
import { undoPlan } from './undo.ts';

const noChange = { create: 0, change: 0, delete: 0, run: 0 } as const;

/** Everything one run of a changing command keeps while it goes on. */
interface Run {
  readonly input: RunInput;
  readonly ledger: Ledger;
  prepared?: Prepared;
  phase: RunProgress['phase'];
}

/** A changing command: prepare, walk the plan, record; a cancel takes back what was made. */
export async function runCommand(input: RunInput): Promise<RunOutcome> {
  const run: Run = { input, ledger: newLedger(), phase: 'preparing' };
  let request: RunProgress['cancel'];
  handleCancelSignal((each) => (request = each));
  setHandler(progressQuery, () => ({
    phase: run.phase,
    batches: run.prepared?.outline.batches.length ?? 0,
    ended: run.ledger.ended,
    ...(request === undefined ? {} : { cancel: request }),
  }));
  refuseStaleInput(input);
  const root = CancellationScope.current();
  try {
    run.prepared = await runActivities.prepare(input);
    show(run.prepared);
    run.phase = 'running';
    await walkForwards(run);
  } catch (error) {
    if (!root.consideredCancelled && !isCancellation(error)) return endFailedBeforeStart(run, error);
  }
  // A cancel after the last batch comes too late: the work is done and stays.
  const { ended, interrupted } = run.ledger;
  const finished = !interrupted && run.prepared !== undefined && ended === run.prepared.outline.batches.length;
  if (root.consideredCancelled && !finished) return endCancelled(run);
  return run.ledger.failures.length > 0 ? endFailed(run) : endCompleted(run);
}

/** A signed input is good for one start of the deployment it names, soon after it was made. */
function refuseStaleInput(input: RunInput): void {
  const { startTime, workflowId } = workflowInfo();
  if (startTime.getTime() <= Date.parse(input.expires) && workflowId === `testbed/${input.deployment}`) return;
  const message = `the input was signed for deployment ${input.deployment} and expired at ${input.expires}`;
  throw ApplicationFailure.nonRetryable(message, 'expired-input');
}

function show(prepared: Prepared): void {
  upsertSearchAttributes([
    { key: defineSearchAttributeKey(searchAttributeNames.hosts, 'KEYWORD_LIST'), value: [...prepared.hosts] },
    { key: defineSearchAttributeKey(searchAttributeNames.guests, 'INT'), value: prepared.guests },
  ]);
  const { create, change, delete: gone, run } = prepared.summary;
  setCurrentDetails(`${create} to create, ${change} to change, ${gone} to remove, ${run} to run`);
}

/** `--on-failure undo` stops what is in flight at the first failure; otherwise independent batches finish. */
async function walkForwards(run: Run): Promise<void> {
  const { outline, plan } = run.prepared!;
  const scope = new CancellationScope();
  const stopEarly = run.input.options.onFailure === 'undo';
  await scope.run(() =>
    runPlan(
      {
        verb: 'do',
        outline,
        input: { deployment: run.input.deployment, plan },
        ...(stopEarly ? { onFailure: () => scope.cancel() } : {}),
      },
      run.ledger,
    ),
  );
}

async function takeBack(run: Run): Promise<{ undone: number; leftovers: RunOutcome['leftovers'] }> {
  if (!run.prepared || run.ledger.started.size === 0) return { undone: 0, leftovers: [] };
  run.phase = 'undoing';
  setCurrentDetails(`taking back what was made: ${cancellation.reason()}`);
  const { outline, plan } = run.prepared;
  return undoPlan(outline, run.ledger.started, { deployment: run.input.deployment, plan });
}

function outcomeOf(run: Run, status: RunOutcome['status'], more: Partial<RunOutcome> = {}): RunOutcome {
  return {
    status,
    summary: run.prepared?.summary ?? noChange,
    failures: run.ledger.failures.slice(0, 50),
    skipped: run.ledger.skipped.length,
    undone: 0,
    leftovers: [],
    ...more,
  };
}

/** Writes the outcome where people find it, whatever happens next. */
async function settle(run: Run, outcome: RunOutcome): Promise<RunOutcome> {
  run.phase = 'recording';
  upsertMemo({ outcome });
  await CancellationScope.nonCancellable(() =>
    runActivities.record({ input: run.input, plan: run.prepared?.plan, outcome }),
  );
  return outcome;
}

async function endCompleted(run: Run): Promise<RunOutcome> {
  return settle(run, outcomeOf(run, 'completed'));
}

async function endFailedBeforeStart(run: Run, error: unknown): Promise<never> {
  const failure = failureIn(error);
  await settle(run, outcomeOf(run, 'failed', { failures: [{ item: 'prepare', failure }] }));
  throw ApplicationFailure.create({
    type: failure.code,
    message: failure.message,
    nonRetryable: true,
    details: [failure],
  });
}

async function endFailed(run: Run): Promise<never> {
  const undo = run.input.options.onFailure === 'undo' && run.input.command !== 'down';
  const taken = undo ? await CancellationScope.nonCancellable(() => takeBack(run)) : { undone: 0, leftovers: [] };
  const outcome = await settle(run, outcomeOf(run, 'failed', taken));
  const first = outcome.failures[0]!.failure;
  const others = outcome.failures.length - 1;
  throw ApplicationFailure.create({
    type: first.code,
    message: others > 0 ? `${first.message} (and ${others} more)` : first.message,
    nonRetryable: true,
    details: [first],
  });
}

/** A cancelled `down` is never undone: the next `down` goes on. */
async function endCancelled(run: Run): Promise<never> {
  await CancellationScope.nonCancellable(async () => {
    const undo = run.input.options.keep !== true && run.input.command !== 'down';
    const taken = undo ? await takeBack(run) : { undone: 0, leftovers: [] };
    // What the lanes saw while they were being stopped is noise, not the reason.
    await settle(run, outcomeOf(run, 'cancelled', { ...taken, failures: [], reason: cancellation.reason() }));
  });
  throw cancelled();
}
