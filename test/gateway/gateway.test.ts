import { once } from 'node:events';
import { createConnection } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { openEventLog } from '../../src/adapters/events/json-lines.ts';
import type { ServerFrame } from '../../src/gateway/protocol/frames.ts';
import { type Gateway, startGateway } from '../../src/gateway/server.ts';
import type { EventLog, RunEvent } from '../../src/ports/events.ts';
import { type FakeRuns, fakeRuns } from '../support/fake-runs.ts';

const token = 'the-token';
const place = { deployment: 'lab', folder: '/lab', file: 'kvm-compose.yaml' };
const command = { type: 'command', command: 'up', ...place, options: {}, follow: true };

let folder: string;
let events: EventLog;
let runs: FakeRuns;
let gateway: Gateway;
const open: WebSocket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-gateway-'));
  events = openEventLog(folder);
  runs = fakeRuns({}, { silentPlan: true });
  const parts = { runs, events, store: { deployments: async () => [] }, token, version: '1.2.3' };
  gateway = await startGateway(parts, { host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  for (const each of open.splice(0)) each.terminate();
  await gateway.close();
  await rm(folder, { recursive: true, force: true });
});

interface TestClient {
  readonly frames: ServerFrame[];
  readonly send: (frame: unknown) => void;
  /** Waits for a frame of this type for this request. */
  readonly frame: (
    type: ServerFrame['type'],
    id?: string,
  ) => Promise<ServerFrame & { failure?: { code: string; message: string } }>;
  readonly closed: Promise<number>;
}

async function client(shown: string | null = token): Promise<TestClient> {
  const ws = new WebSocket(`ws://127.0.0.1:${gateway.port}/ws`);
  open.push(ws);
  const frames: ServerFrame[] = [];
  const waiting = new Set<() => void>();
  ws.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as ServerFrame);
    waiting.forEach((look) => look());
  });
  const closed = once(ws, 'close').then(([code]) => code as number);
  await once(ws, 'open');
  const send = (frame: unknown): void => ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  if (shown !== null) send({ type: 'hello', protocol: 1, token: shown, client: 'ann@laptop' });
  const frame: TestClient['frame'] = (type, id) =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = frames.find(
          (each) => each.type === type && (id === undefined || ('id' in each && each.id === id)),
        );
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { frames, send, frame, closed };
}

function event(text: string): RunEvent {
  return { at: '2026-11-24T10:00:00.000Z', type: 'event', level: 'info', code: 'batch-started', text };
}

describe('the door', () => {
  test('opens with the token and tells the version', async () => {
    const { frame } = await client();
    expect(await frame('welcome')).toMatchObject({ protocol: 1, server: '1.2.3' });
  });

  test('stays shut without the right token', async () => {
    const { frame, closed } = await client('guessed');
    expect((await frame('nack')).failure).toMatchObject({ code: 'unauthorized' });
    expect(await closed).toBe(1008);
  });

  test('stays shut for whoever does not greet first', async () => {
    const { frame, send, closed } = await client(null);
    send({ type: 'list', id: 'a', what: 'runs' });
    expect((await frame('nack')).failure?.message).toContain('hello');
    expect(await closed).toBe(1008);
    expect(runs.started).toEqual([]);
  });

  test.each([
    ['a page of another site', { headers: { origin: 'http://evil.example' } }, '/ws'],
    ['a name that was made to point here', { headers: { host: 'evil.example:3355' } }, '/ws'],
    ['another path', {}, '/other'],
  ])('stays shut for %s', async (_, options, path) => {
    const ws = new WebSocket(`ws://127.0.0.1:${gateway.port}${path}`, options);
    const [error] = (await once(ws, 'error')) as [Error];
    expect(error.message).toContain('403');
  });

  test('stays on its hinges when somebody who is refused breaks the connection', async () => {
    for (let visitor = 0; visitor < 50; visitor += 1) {
      const socket = createConnection(gateway.port, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      const head = 'GET /other HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
      socket.write(head, () => socket.resetAndDestroy());
      await once(socket, 'close');
    }
    expect((await fetch(`http://127.0.0.1:${gateway.port}/health`)).status).toBe(200);
  });

  test('says that all is well to anybody, and nothing else', async () => {
    const health = await fetch(`http://127.0.0.1:${gateway.port}/health`);
    expect(await health.json()).toMatchObject({ status: 'ok', server: '1.2.3' });
    expect((await fetch(`http://127.0.0.1:${gateway.port}/`)).status).toBe(404);
  });

  test('a port somebody else holds is named', async () => {
    const second = startGateway({} as never, { host: '127.0.0.1', port: gateway.port });
    await expect(second).rejects.toMatchObject({
      data: { code: 'port-taken', message: expect.stringContaining(String(gateway.port)) },
    });
  });
});

describe('a command', () => {
  test('is acknowledged, then its events come in order, then its result', async () => {
    await events.append('run-1', [event('one'), event('two')]);
    const { frames, frame, send } = await client();
    send({ ...command, id: 'a' });
    expect(await frame('ack', 'a')).toMatchObject({ run: 'lab/run-1' });
    await frame('event', 'a');
    await events.append('run-1', [event('three')]);
    await events.flush();
    runs.end({ status: 'completed' });
    expect(await frame('result', 'a')).toMatchObject({ status: 'completed', run: 'lab/run-1' });
    expect(frames.slice(1).map((each) => ('seq' in each ? each.seq : each.type))).toEqual(['ack', 1, 2, 3, 'result']);
    expect(runs.started).toMatchObject([{ by: 'ann@laptop', requestId: 'a' }]);
  });

  test('is refused while another run holds the deployment', async () => {
    const { frame, send } = await client();
    send({ ...command, deployment: 'busy', id: 'a' });
    expect((await frame('nack', 'a')).failure).toMatchObject({ code: 'busy' });
  });

  test('that nobody follows ends with its acknowledgement', async () => {
    const { frames, frame, send } = await client();
    send({ ...command, id: 'a', follow: false });
    await frame('ack', 'a');
    send({ type: 'list', id: 'b', what: 'runs' });
    await frame('ack', 'b');
    expect(frames).toHaveLength(3);
  });
});

describe('a client that leaves', () => {
  /** Follows of event logs that have not ended. */
  let follows = 0;
  beforeEach(() => {
    const follow = events.follow.bind(events);
    follows = 0;
    events.follow = async function* (...place) {
      follows += 1;
      try {
        yield* follow(...place);
      } finally {
        follows -= 1;
      }
    };
  });
  const left = (): void => open.splice(0).forEach((each) => each.terminate());
  const nothingWaits = (): Promise<void> =>
    vi.waitFor(() => expect({ polls: runs.waiting, follows }).toEqual({ polls: 0, follows: 0 }), { timeout: 5000 });

  test.each(['attach', 'command'])('after %s leaves nothing behind that waits for its run', async (type) => {
    for (let clients = 0; clients < 20; clients += 1) {
      const { frame, send } = await client();
      send(type === 'attach' ? { type, id: 'a', run: 'lab', since: 0 } : { ...command, id: 'a' });
      await frame('ack', 'a');
    }
    await vi.waitFor(() => expect({ polls: runs.waiting, follows }).toEqual({ polls: 20, follows: 20 }));
    left();
    await nothingWaits();
  });

  test('leaves no question behind that waits for its answer', async () => {
    const { frame, send } = await client();
    await frame('welcome');
    send({ type: 'read', id: 'a', what: 'plan', ...place, options: {} });
    await vi.waitFor(() => expect(runs.waiting).toBe(1));
    left();
    await nothingWaits();
  });

  test('because it was too slow leaves nothing behind either', async () => {
    const parts = { runs, events, store: { deployments: async () => [] }, token, version: '1.2.3' };
    const strict = await startGateway(parts, { host: '127.0.0.1', port: 0, limits: { bytes: -1, patienceMs: 0 } });
    await events.append('run-1', [event('one')]);
    const ws = new WebSocket(`ws://127.0.0.1:${strict.port}/ws`);
    open.push(ws);
    await once(ws, 'open');
    ws.send(JSON.stringify({ type: 'hello', protocol: 1, token, client: 'ann@laptop' }));
    ws.send(JSON.stringify({ type: 'attach', id: 'a', run: 'lab', since: 0 }));
    await once(ws, 'close');
    await nothingWaits();
    await strict.close();
  });
});

describe('other questions', () => {
  test('attaching leaves out what the client has', async () => {
    await events.append('run-1', [event('one'), event('two'), event('three')]);
    const { frames, frame, send } = await client();
    send({ type: 'attach', id: 'a', run: 'lab', since: 2 });
    runs.end({ status: 'failed', failure: { code: 'internal', class: 'transient', message: 'no' } });
    expect(await frame('result', 'a')).toMatchObject({ status: 'failed', failure: { message: 'no' } });
    expect(frames.flatMap((each) => ('seq' in each ? each.seq : []))).toEqual([3]);
  });

  test('a run that is not there is said to be missing', async () => {
    const { frame, send } = await client();
    send({ type: 'attach', id: 'a', run: 'nothing', since: 0 });
    expect((await frame('nack', 'a')).failure).toMatchObject({ code: 'no-such-run' });
  });

  test.each(['lab', 'lab/run-1'])('a cancel of %s carries who and why', async (run) => {
    const { frame, send } = await client();
    send({ type: 'cancel', id: 'a', run, by: 'ann@laptop', reason: 'lunch' });
    expect(await frame('ack', 'a')).toMatchObject({ run: 'lab/run-1' });
    expect(runs.cancels).toEqual([{ by: 'ann@laptop', reason: 'lunch' }]);
  });

  test.each(['nothing', 'nothing/run-1', 'lab/run-0'])(
    'a cancel of %s, which is not there, is refused',
    async (run) => {
      const { frame, send } = await client();
      send({ type: 'cancel', id: 'a', run, by: 'ann@laptop', reason: 'lunch' });
      expect((await frame('nack', 'a')).failure).toMatchObject({ code: 'no-such-run' });
      expect(runs.cancels).toEqual([]);
    },
  );

  test('an answer carries who, what and about which', async () => {
    const { frame, send } = await client();
    send({ type: 'decide', id: 'a', run: 'lab', choice: 'retry', batch: 'libvirt.main.0', by: 'ann@laptop' });
    expect(await frame('ack', 'a')).toMatchObject({ data: { decided: ['libvirt.main.0'] } });
    expect(runs.decisions).toEqual([{ choice: 'retry', batch: 'libvirt.main.0', by: 'ann@laptop' }]);
  });

  test('plan and status are read', async () => {
    const { frame, send } = await client();
    send({ type: 'read', id: 'a', what: 'status', ...place, options: {} });
    expect(await frame('result', 'a')).toMatchObject({ data: { deployment: 'lab', resources: 10 } });
  });

  test.each([
    ['not JSON', 'hello?', '', 'a frame must be one JSON object'],
    ['a type nobody knows', { type: 'dance', id: 'a' }, 'a', 'type'],
    ['a name that is none', { ...command, id: 'a', deployment: '../etc' }, 'a', 'deployment'],
    ['an option nobody knows', { ...command, id: 'a', options: { fast: true } }, 'a', 'options'],
    ['a folder that is not absolute', { ...command, id: 'a', folder: 'lab' }, 'a', 'folder'],
    ['an answer nobody knows', { type: 'decide', id: 'a', run: 'lab', choice: 'hope', by: 'x' }, 'a', 'choice'],
    ['a number below zero', { type: 'attach', id: 'a', run: 'lab', since: -1 }, 'a', 'since'],
  ])('%s is refused by name', async (_, sent, id, named) => {
    const { frame, send } = await client();
    await frame('welcome');
    send(sent);
    const { failure } = await frame('nack', id);
    expect(failure).toMatchObject({ code: 'bad-frame' });
    expect(failure!.message).toContain(named);
    expect(runs.started).toEqual([]);
  });
});

test('a client that stands still is cut, and never sees a result it has not earned', async () => {
  const parts = { runs, events, store: { deployments: async () => [] }, token, version: '1.2.3' };
  const limits = { bytes: 64 * 1024, patienceMs: 50 };
  const strict = await startGateway(parts, { host: '127.0.0.1', port: 0, limits });
  const long = event('x'.repeat(4000));
  // More than the kernel takes off the gateway's hands.
  for (let n = 0; n < 20; n += 1) await events.append('run-1', Array<RunEvent>(500).fill(long));
  await events.flush();
  runs.end({ status: 'completed' });
  const ws = new WebSocket(`ws://127.0.0.1:${strict.port}/ws`);
  open.push(ws);
  await once(ws, 'open');
  ws.pause();
  ws.send(JSON.stringify({ type: 'hello', protocol: 1, token, client: 'ann@laptop' }));
  ws.send(JSON.stringify({ type: 'attach', id: 'a', run: 'lab', since: 0 }));
  await vi.waitFor(() => expect(strict.clients).toBe(0), { timeout: 5000 });
  await strict.close();
});
