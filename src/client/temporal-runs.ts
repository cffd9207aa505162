import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowExecutionInfo,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { verbNames } from '../model/request.ts';
import { pauseAfter } from '../model/backoff.ts';
import { searchAttributeNames } from '../model/search-attributes.ts';
import type { Command, ReadAnswers, ReadInput, RunInput, RunOutcome } from '../workflows/contract.ts';
import { isUnsigned } from '../model/unsigned.ts';
import type { TemporalClients } from './connect.ts';
import { busy, endOf, explained, failureInRun, isServerSilent, rejected } from './failures.ts';
import type { Decision } from '../workflows/signals.ts';
import { asksIn, type Memo, outcomeIn, textIn } from './memo.ts';
import { deploymentOf, runWorkflowId, taskQueue } from './names.ts';
import type { ReadRequest, RunEnd, RunId, RunInfo, Runs, StartRequest } from './runs.ts';
import { Failure } from '../model/failure.ts';

/** A signed input is good for this long, in case somebody recorded it. */
const inputLifeMs = 2 * 60 * 1000;
const patienceMs = 5000;
const listLimit = 200;

/**
 * Runs as Temporal keeps them. The client's codec must mark what is unsigned instead of refusing it: one run that
 * somebody else started would make the others unreadable.
 */
export function temporalRuns({ runs: client, reads }: TemporalClients, now: () => Date): Runs {
  /** An unreachable server is an answer after seconds, not minutes. */
  const soon = <T>(object: string, work: () => Promise<T>): Promise<T> =>
    explained(() => client.connection.withDeadline(now().getTime() + patienceMs, work), object);
  return {
    start: (request) => soon(request.deployment, () => start(client, request, now)),
    read: (request, signal) =>
      explained(() => waitedFor(reads, signal, () => read(reads, request, now)), request.deployment),
    find: (deployment, run) => soon(nameOf(deployment, run), () => find(client, deployment, run)),
    ended: (id, signal) =>
      explained(() => waitedFor(client, signal, () => ended(client, id, signal)), nameOf(id.deployment, id.run)),
    cancel: ({ deployment, run }, request) =>
      soon(nameOf(deployment, run), () =>
        client.workflow.getHandle(runWorkflowId(deployment), run).signal('cancel', request),
      ),
    decide: (id, decision, requestId) =>
      explained(() => decide(client, id, decision, requestId, now), nameOf(id.deployment, id.run)),
    list: (deployment) => soon(deployment ?? '', () => list(client, deployment)),
  };
}

/** A long poll of one who has gone would stay open on the server until the run ends. */
async function waitedFor<T>(client: Client, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  if (signal === undefined) return work();
  signal.throwIfAborted();
  try {
    return await client.connection.withAbortSignal(signal, work);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Longer than a dead worker's cached workflow is waited for. */
const answerPatienceMs = 15_000;

async function decide(
  client: Client,
  { deployment, run }: RunId,
  decision: Decision,
  updateId: string,
  now: () => Date,
): Promise<readonly string[]> {
  const handle = client.workflow.getHandle(runWorkflowId(deployment), run);
  try {
    return await client.connection.withDeadline(now().getTime() + answerPatienceMs, () =>
      handle.executeUpdate<readonly string[], [Decision]>('decide', { args: [decision], updateId }),
    );
  } catch (error) {
    throw error instanceof WorkflowUpdateFailedError ? rejected(error) : error;
  }
}

function nameOf(deployment: string, run: string | undefined): string {
  return run === undefined ? deployment : `${deployment}/${run}`;
}

function freshness(now: () => Date): Pick<RunInput, 'nonce' | 'expires'> {
  return { nonce: randomUUID(), expires: new Date(now().getTime() + inputLifeMs).toISOString() };
}

async function start(client: Client, request: StartRequest, now: () => Date): Promise<RunId> {
  const { requestId, ...rest } = request;
  const { command, deployment, by } = request;
  const input: RunInput = { ...rest, ...freshness(now) };
  try {
    const handle = await client.workflow.start(command, {
      workflowId: runWorkflowId(deployment),
      taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'FAIL',
      // The workflow task time-out stays Temporal's ten seconds, which a worker killed inside a task costs. With four, a
      // replay of 1,300 events would have failed: it took 1.3 s of CPU and up to 4.9 s on a loaded machine, and a replay
      // that is never done in time holds its run for ever.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      memo: { by, requestId },
      staticSummary: `${command} ${deployment} by ${by}`,
      typedSearchAttributes: [
        { key: defineSearchAttributeKey(searchAttributeNames.deployment, 'KEYWORD'), value: deployment },
        { key: defineSearchAttributeKey(searchAttributeNames.command, 'KEYWORD'), value: command },
        { key: defineSearchAttributeKey(searchAttributeNames.user, 'KEYWORD'), value: by },
      ],
    });
    return { deployment, run: handle.firstExecutionRunId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const holder = await find(client, deployment);
    // Asked twice because the first answer was lost: the same run is the answer.
    if (holder.requestId === requestId) return { deployment, run: holder.run };
    throw busy(holder);
  }
}

async function read<W extends keyof ReadAnswers>(
  client: Client,
  request: ReadRequest<W>,
  now: () => Date,
): Promise<ReadAnswers[W]> {
  const input: ReadInput = { ...request, ...freshness(now) };
  try {
    const answer = await client.workflow.execute<(input: ReadInput) => Promise<ReadAnswers[W]>>('read', {
      workflowId: `read/${request.deployment}/${input.nonce}`,
      taskQueue,
      args: [input],
      workflowExecutionTimeout: '10m',
      staticSummary: request.deployment === '' ? request.what : `${request.what} of ${request.deployment}`,
    });
    if (isUnsigned(answer)) throw unsigned(`the answer to ${request.what}`);
    return answer;
  } catch (error) {
    if (error instanceof WorkflowFailedError) throw new Failure(failureInRun(error), { cause: error });
    throw error;
  }
}

async function find(client: Client, deployment: string, run?: string): Promise<RunInfo> {
  return infoOf(await client.workflow.getHandle(runWorkflowId(deployment), run).describe());
}

type RunWorkflow = (input: RunInput) => Promise<RunOutcome>;

/** The run goes on while the server is down, so waiting for its end has none; its pauses grow up to this. */
const silence = { firstMs: 100, mostMs: 5000 };

async function ended(client: Client, { deployment, run }: RunId, signal: AbortSignal | undefined): Promise<RunEnd> {
  const handle = client.workflow.getHandle<RunWorkflow>(runWorkflowId(deployment), run);
  for (let failures = 1; ; failures += 1) {
    try {
      const outcome = await handle.result();
      if (isUnsigned(outcome)) throw unsigned(`the result of ${deployment}/${run}`);
      return { status: 'completed', outcome };
    } catch (error) {
      if (isServerSilent(error)) {
        await sleep(pauseAfter(silence, failures, Math.random()), undefined, signal === undefined ? {} : { signal });
        continue;
      }
      if (!(error instanceof WorkflowFailedError)) throw error;
      const { memo } = await handle.describe();
      const outcome = outcomeIn(memo);
      return { ...endOf(error), ...(outcome === undefined ? {} : { outcome }) };
    }
  }
}

function unsigned(what: string): Failure {
  const message = `${what} carries no valid signature of this server`;
  const hint = 'somebody on this machine talks to the Temporal server past kvm-compose';
  return new Failure({ code: 'unsigned-input', class: 'permanent', message, hint });
}

const commands = (['up', 'down', 'gc', 'forget', 'create', 'reset', ...verbNames] satisfies Command[])
  .map((each) => JSON.stringify(each))
  .join(', ');

async function list(client: Client, deployment?: string): Promise<RunInfo[]> {
  const about = deployment === undefined ? '' : ` AND WorkflowId = "${runWorkflowId(deployment)}"`;
  const query = `${searchAttributeNames.command} IN (${commands})${about}`;
  const runs: RunInfo[] = [];
  for await (const each of client.workflow.list({ query, pageSize: listLimit })) {
    runs.push(infoOf(each));
    if (runs.length === listLimit) break;
  }
  return runs.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

type Described = Pick<WorkflowExecutionInfo, 'workflowId' | 'runId' | 'type' | 'status' | 'startTime'> &
  Pick<Partial<WorkflowExecutionDescription>, 'memo' | 'closeTime'>;

const known = new Map<string, RunInfo['status']>([
  ['RUNNING', 'running'],
  ['COMPLETED', 'completed'],
  ['CANCELLED', 'cancelled'],
]);

function infoOf(info: Described): RunInfo {
  const { name } = info.status;
  return {
    deployment: deploymentOf(info.workflowId) ?? info.workflowId,
    run: info.runId,
    command: info.type,
    ...whoseOf(info.memo),
    requestId: textIn(info.memo, 'requestId') ?? '',
    status: known.get(name) ?? 'failed',
    startedAt: info.startTime.toISOString(),
    asks: name === 'RUNNING' ? asksIn(info.memo) : [],
    ...(info.closeTime === undefined ? {} : { endedAt: info.closeTime.toISOString() }),
  };
}

/** Every run of ours says in its memo who asked for it; a memo that is missing or unsigned is somebody else's. */
function whoseOf(memo: Memo): Pick<RunInfo, 'by' | 'foreign'> {
  const by = textIn(memo, 'by');
  return by === undefined ? { by: 'unknown (not signed)', foreign: true } : { by };
}
