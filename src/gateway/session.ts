import { createHash, timingSafeEqual } from 'node:crypto';
import type { ReadRequest, RunId, RunInfo, Runs } from '../client/runs.ts';
import { Failure, failureOf } from '../model/failure.ts';
import type { EventLog } from '../ports/events.ts';
import type { Store } from '../ports/store.ts';
import { followRun } from './follow-run.ts';
import type { Outbox } from './outbox.ts';
import { listDeployments } from './list-deployments.ts';
import { parseFrame } from './parse-frame.ts';
import type { ClientFrame } from './protocol/frames.ts';
import { sendEvents, showRun } from './show-run.ts';

/** What the gateway translates between. */
export interface GatewayParts {
  readonly runs: Runs;
  readonly events: EventLog;
  readonly store: Pick<Store, 'deployments'>;
  readonly token: string;
  readonly version: string;
  readonly temporalUi?: string;
}

type Hello = Extract<ClientFrame, { type: 'hello' }>;
type Asked = Exclude<ClientFrame, Hello>;

/** One client. Takes its messages; `end` when it has gone. */
export interface Session {
  take(message: string): void;
  end(): void;
}

/** A session that answers through an outbox; `refuse` cuts a client that does not show the token. */
export function createSession(parts: GatewayParts, outbox: Outbox, refuse: (reason: string) => void): Session {
  const gone = new AbortController();
  let who: string | undefined;
  const greet = (frame: ClientFrame): void => {
    if (frame.type !== 'hello' || !sameSecret(frame.token, parts.token)) {
      const message = frame.type === 'hello' ? 'the token is wrong' : 'the first frame must be hello';
      const hint = "the token is in the file `token` of the server's home, readable for its owner";
      outbox.send({ type: 'nack', id: '', failure: { code: 'unauthorized', class: 'permanent', message, hint } });
      return refuse('unauthorized');
    }
    who = frame.client;
    const { version: server, temporalUi } = parts;
    outbox.send({ type: 'welcome', protocol: 1, server, ...(temporalUi === undefined ? {} : { temporalUi }) });
  };
  return {
    take: (message) => {
      const parsed = parseFrame(message);
      if ('failure' in parsed) {
        outbox.send({ type: 'nack', id: parsed.id, failure: parsed.failure.data });
        if (who === undefined) refuse('bad frame');
      } else if (who === undefined || parsed.frame.type === 'hello') greet(parsed.frame);
      else void answer(parts, parsed.frame, who, outbox, gone.signal);
    },
    end: () => gone.abort(),
  };
}

/** Compares without telling by its duration how much was right. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}

async function answer(
  parts: GatewayParts,
  frame: Asked,
  who: string,
  outbox: Outbox,
  gone: AbortSignal,
): Promise<void> {
  try {
    switch (frame.type) {
      case 'command':
        return await command(parts, frame, who, outbox, gone);
      case 'read':
        return sendAnswer(outbox, frame, await parts.runs.read(withoutType(frame), gone));
      case 'garbage':
        return sendAnswer(outbox, frame, await parts.runs.read(aboutAll('garbage', frame.hostsFile), gone));
      case 'events':
        return await tellEvents(parts, frame, outbox, gone);
      case 'show':
        return outbox.send({ type: 'ack', id: frame.id, data: await show(parts, frame.run) });
      case 'bundle':
        return sendAnswer(outbox, frame, await bundle(parts, frame.run, gone));
      case 'attach':
        return await attach(parts, frame, outbox, gone);
      case 'cancel':
        return await cancel(parts, frame, outbox);
      case 'decide':
        return await decide(parts, frame, outbox);
      case 'list':
        return outbox.send({ type: 'ack', id: frame.id, data: await list(parts, frame) });
    }
  } catch (error) {
    if (!gone.aborted) outbox.send({ type: 'nack', id: frame.id, failure: failureOf(error) });
  }
}

function sendAnswer(outbox: Outbox, { id }: Asked, data: unknown): void {
  outbox.send({ type: 'result', id, status: 'completed', data });
}

/** A question that is about no project. */
function aboutAll(what: ReadRequest['what'], hostsFile: string | undefined): ReadRequest {
  return {
    what,
    deployment: '',
    folder: '/',
    file: '',
    options: {},
    ...(hostsFile === undefined ? {} : { hostsFile }),
  };
}

function withoutType<T extends Asked>({ type: _type, id: _id, ...rest }: T): Omit<T, 'type' | 'id'> {
  return rest;
}

async function command(
  parts: GatewayParts,
  frame: Extract<Asked, { type: 'command' }>,
  by: string,
  outbox: Outbox,
  gone: AbortSignal,
): Promise<void> {
  const { follow, ...asked } = withoutType(frame);
  const id = await parts.runs.start({ ...asked, by, requestId: frame.id });
  outbox.send({ type: 'ack', id: frame.id, run: nameOf(id) });
  if (follow) await followRun(parts, id, { id: frame.id, since: 0 }, outbox, gone);
}

async function attach(
  parts: GatewayParts,
  frame: Extract<Asked, { type: 'attach' }>,
  outbox: Outbox,
  gone: AbortSignal,
): Promise<void> {
  const found = await parts.runs.find(...splitRun(frame.run));
  const { command: name, by, status, startedAt, asks } = found;
  const data = { command: name, by, status, startedAt, asks };
  outbox.send({ type: 'ack', id: frame.id, run: nameOf(found), data });
  await followRun(parts, found, frame, outbox, gone);
}

async function tellEvents(
  parts: GatewayParts,
  frame: Extract<Asked, { type: 'events' }>,
  outbox: Outbox,
  gone: AbortSignal,
): Promise<void> {
  const found = await parts.runs.find(...splitRun(frame.run));
  const all = await sendEvents(parts.events, found, frame, outbox, gone);
  if (all) outbox.send({ type: 'ack', id: frame.id, run: nameOf(found), data: { status: found.status } });
}

async function show({ runs, events }: GatewayParts, run: string): Promise<unknown> {
  return showRun(runs, events, await runs.find(...splitRun(run)));
}

async function bundle({ runs }: GatewayParts, name: string, gone: AbortSignal): Promise<unknown> {
  const { deployment, run, status, endedAt } = await runs.find(...splitRun(name));
  const stands = { status, ...(endedAt === undefined ? {} : { endedAt }) };
  return runs.read({ ...aboutAll('bundle', undefined), deployment, run, stands }, gone);
}

async function cancel(parts: GatewayParts, frame: Extract<Asked, { type: 'cancel' }>, outbox: Outbox): Promise<void> {
  const request = { by: frame.by, reason: frame.reason };
  const [deployment, run] = splitRun(frame.run);
  // Whoever says which run it is waits for one request only; what is wrong with one is found out afterwards.
  if (run !== undefined && (await isTaken(parts.runs.cancel({ deployment, run }, request)))) {
    return outbox.send({ type: 'ack', id: frame.id, run: nameOf({ deployment, run }) });
  }
  const found = await findRunning(parts, frame.run);
  await parts.runs.cancel(found, request);
  outbox.send({ type: 'ack', id: frame.id, run: nameOf(found) });
}

function isTaken(request: Promise<void>): Promise<boolean> {
  return request.then(
    () => true,
    () => false,
  );
}

async function decide(parts: GatewayParts, frame: Extract<Asked, { type: 'decide' }>, outbox: Outbox): Promise<void> {
  const found = await findRunning(parts, frame.run);
  const { id, choice, batch, by } = frame;
  const decided = await parts.runs.decide(found, { choice, by, ...(batch === undefined ? {} : { batch }) }, id);
  outbox.send({ type: 'ack', id, run: nameOf(found), data: { decided } });
}

async function findRunning(parts: GatewayParts, run: string): Promise<RunInfo> {
  const found = await parts.runs.find(...splitRun(run));
  if (found.status === 'running') return found;
  const when = found.endedAt === undefined ? '' : ` since ${found.endedAt}`;
  const message = `${found.command} of ${found.deployment} is over${when} (${found.status})`;
  throw new Failure({ code: 'no-such-run', class: 'permanent', message, object: nameOf(found) });
}

async function list(parts: GatewayParts, frame: Extract<Asked, { type: 'list' }>): Promise<unknown> {
  return frame.what === 'runs' ? parts.runs.list(frame.deployment) : listDeployments(parts, frame.deployment);
}

function nameOf(id: RunId): string {
  return `${id.deployment}/${id.run}`;
}

function splitRun(run: string): [deployment: string, run?: string] {
  const slash = run.indexOf('/');
  return slash < 0 ? [run] : [run.slice(0, slash), run.slice(slash + 1)];
}
