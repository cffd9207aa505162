import { ApplicationFailure, CancellationScope, setCurrentDetails, setHandler, upsertMemo } from '@temporalio/workflow';
import type { FailureData } from '../model/failure.ts';
import type { StageName } from '../model/kind.ts';
import { cancellation, cancelled, handleCancelSignal } from './cancellation.ts';
import type { Prepared, RunInput, RunOutcome } from './contract.ts';
import { failureIn } from './failure-in.ts';
import type { Ledger } from './ledger.ts';
import { outcomeOf } from './outcome.ts';
import { runActivities } from './proxies.ts';
import { type Questions, takeQuestions } from './questions.ts';
import { countsOf, failuresOf, isFinished, type Segment, segmentsOf } from './segments.ts';
import { refuseStaleInput } from './refuse-stale-input.ts';
import { failuresOfSkipped, leftOnSkipped } from './skipped-hosts.ts';
import { runPlan } from './run-plan.ts';
import { showPlan, stageShower } from './show.ts';
import { progressQuery, type RunProgress } from './signals.ts';
import { undoPlan, type UndoReport } from './undo.ts';

/** For a host that restarts. Longer would keep people waiting for what may never come back. */
const undoWaitSeconds = 120;

/** Everything one run of a changing command keeps while it goes on. */
interface Run {
  readonly input: RunInput;
  readonly questions: Questions;
  /** In the order in which they run; empty until there is a plan. */
  readonly segments: Segment[];
  /** What went wrong apart from any batch. */
  readonly failures: Ledger['failures'];
  prepared?: Prepared;
  phase: RunProgress['phase'];
}

/** A changing command: prepare, walk the plan, record; a cancel rolls back what was made. */
export async function runCommand(input: RunInput): Promise<RunOutcome> {
  const run: Run = {
    input,
    segments: [],
    failures: [],
    questions: takeQuestions(input.deployment),
    phase: 'preparing',
  };
  const root = CancellationScope.current();
  // Stopped by the signal at once, not when the server's own cancel comes back: until then batches would go on starting.
  const work = new CancellationScope();
  let request: RunProgress['cancel'];
  handleCancelSignal((each) => {
    request ??= each;
    work.cancel();
  });
  setHandler(progressQuery, () => ({
    phase: run.phase,
    batches: countsOf(run.segments).batches,
    ended: countsOf(run.segments).ended,
    asks: run.questions.open(),
    ...(request === undefined ? {} : { cancel: request }),
  }));
  refuseStaleInput(input, `testbed/${input.deployment}`);
  const stopped = (): boolean => root.consideredCancelled || work.consideredCancelled;
  try {
    await work.run(() => prepareAndWalk(run));
  } catch (error) {
    // With a dead worker a cancelled activity ends timed out: whether it was a cancel, only the scopes know.
    if (!stopped()) return endFailedBeforeStart(run, error);
  }
  // A cancel after the last batch comes too late: the work is done and stays.
  const finished = run.prepared !== undefined && isFinished(run.segments);
  if (stopped() && !finished) return endCancelled(run, root);
  return failuresIn(run).length > 0 ? endFailed(run) : settle(run, outcomeFor(run, 'completed'));
}

async function prepareAndWalk(run: Run): Promise<void> {
  run.prepared = await runActivities.prepare(run.input);
  showPlan(run.prepared);
  run.phase = 'running';
  run.segments.push(...segmentsOf(run.prepared));
  const onStage = stageShower();
  for (const segment of run.segments) {
    await walkForwards(run, segment, onStage);
    // What loses data waits until nothing has failed.
    if (segment.ledger.failures.length > 0 || segment.ledger.interrupted || run.questions.stoppedBy() !== undefined)
      break;
  }
  run.failures.push(...failuresOfSkipped(run.prepared));
}

function failuresIn(run: Run): Ledger['failures'] {
  return [...failuresOf(run.segments), ...run.failures];
}

/** Any failure rolls back all of it: the plan's policy, or what the person who started it wants. */
function isTogether({ input, prepared }: Run): boolean {
  return input.options.onFailure === 'undo' || prepared?.policy === 'together';
}

/** All or nothing stops what is in flight at the first failure, `ask` asks; else independent batches finish. */
async function walkForwards(run: Run, segment: Segment, onStage: (stage: StageName) => void): Promise<void> {
  const scope = new CancellationScope();
  const stopEarly = isTogether(run) && rollsBack(run);
  const { outline, plan, number, ledger } = segment;
  await scope.run(() =>
    runPlan(
      {
        verb: 'do',
        outline,
        input: { deployment: run.input.deployment, plan, ...(number === 0 ? {} : { segment: number }) },
        onStage,
        ...(stopEarly ? { onFailure: () => scope.cancel() } : {}),
        ...(run.input.options.onFailure === 'ask' ? { questions: run.questions } : {}),
      },
      ledger,
    ),
  );
}

/** Backwards over the segments, and backwards in each. */
async function rollBack(run: Run): Promise<UndoReport> {
  const report = { undone: 0, leftovers: [] as UndoReport['leftovers'][number][] };
  const { deployment, options } = run.input;
  const waitSeconds = options.undoWaitSeconds ?? undoWaitSeconds;
  for (const { plan, outline, ledger, number } of [...run.segments].reverse()) {
    if (ledger.started.size === 0) continue;
    run.phase = 'undoing';
    setCurrentDetails(`rolling back what was made: ${cancellation.reason()}`);
    const input = { deployment, plan, waitSeconds, ...(number === 0 ? {} : { segment: number }) };
    const { undone, leftovers } = await undoPlan(outline, ledger, input);
    report.undone += undone;
    report.leftovers.push(...leftovers);
  }
  return report;
}

function outcomeFor(run: Run, status: RunOutcome['status'], more: Partial<RunOutcome> = {}): RunOutcome {
  const { skipped } = countsOf(run.segments);
  return outcomeOf(run.prepared?.summary, { failures: failuresIn(run), skipped }, status, more);
}

/** Writes the outcome where people find it. The memo is enough: a record that cannot be written changes no result. */
async function settle(run: Run, outcome: RunOutcome): Promise<RunOutcome> {
  run.phase = 'recording';
  await run.questions.told();
  upsertMemo({ outcome });
  const input = { input: run.input, plan: run.prepared?.plan, outcome };
  await CancellationScope.nonCancellable(() => runActivities.record(input)).catch(() => undefined);
  return outcome;
}

async function endFailedBeforeStart(run: Run, error: unknown): Promise<never> {
  const failure = failureIn(error);
  await settle(run, outcomeFor(run, 'failed', { failures: [{ item: 'prepare', failure }] }));
  throw failedWith(failure, failure.message);
}

async function endFailed(run: Run): Promise<never> {
  const undo = isTogether(run) && rollsBack(run);
  const taken = undo
    ? await CancellationScope.nonCancellable(() => rollBack(run))
    : { leftovers: leftOnSkipped(run.prepared) };
  const stoppedBy = run.questions.stoppedBy();
  const reason = stoppedBy === undefined ? {} : { reason: `stopped by ${stoppedBy}` };
  await settle(run, outcomeFor(run, 'failed', { ...taken, ...reason }));
  const all = failuresIn(run);
  const { failure } = all[0]!;
  const others = all.length - 1;
  throw failedWith(failure, others > 0 ? `${failure.message} (and ${others} more)` : failure.message);
}

function failedWith(failure: FailureData, message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: failure.code, message, nonRetryable: true, details: [failure] });
}

/** What removes is never undone: the next `down` or `gc` goes on. */
function rollsBack({ input }: Run): boolean {
  return input.command !== 'down' && input.command !== 'gc';
}

/** Rolling back comes before the end is told. */
async function endCancelled(run: Run, root: CancellationScope): Promise<never> {
  await CancellationScope.nonCancellable(async () => {
    const undo = run.input.options.keep !== true && rollsBack(run);
    const taken = undo ? await rollBack(run) : {};
    await settle(run, outcomeFor(run, 'cancelled', { ...taken, reason: cancellation.reason() }));
    // Without the server's own request, which the signal's handler makes, the run would end Failed.
    await root.cancelRequested.catch(() => undefined);
  });
  throw cancelled();
}
