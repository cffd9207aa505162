import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createDial } from '../../src/bin/parts/dial.ts';
import { connect } from '../../src/gateway/protocol/connection.ts';
import { follow, type Follower } from '../../src/gateway/protocol/follow.ts';
import type { ClientFrame } from '../../src/gateway/protocol/frames.ts';
import { largestMessage } from '../../src/gateway/protocol/message-size.ts';
import type { Dial } from '../../src/gateway/protocol/socket.ts';
import { startGateway } from '../../src/gateway/server.ts';
import { Failure } from '../../src/model/failure.ts';
import { readSettings } from '../../src/server/settings.ts';
import { countDials, type DialCount } from '../support/count-dials.ts';
import { memoryEvents } from '../support/doubles.ts';
import { fakeRuns } from '../support/fake-runs.ts';

const token = 'the-token';
const project = { deployment: 'lab', folder: '/lab', file: 'kvm-compose.yaml', options: {}, follow: true } as const;
const values = (bytes: number): Record<string, string> => ({ SMALL: 'x', LARGE: 'y'.repeat(bytes) });

let home: string;
let dials: DialCount;
/** What a test opened, closed after it in turn. */
const opened: (() => unknown)[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kc-reconnect-'));
  writeFileSync(join(home, 'token'), token);
  dials = countDials();
});

afterEach(async () => {
  dials.stop();
  for (const close of opened.splice(0).toReversed()) await close();
  rmSync(home, { recursive: true, force: true });
});

/** The dial of the real command line, to a port of the test's. */
function dialTo(port: number): Dial {
  return createDial({ ...readSettings({ KVM_COMPOSE_HOME: home }), port });
}

async function realGateway(): Promise<number> {
  const parts = { runs: fakeRuns(), events: memoryEvents(), store: { deployments: async () => [] }, token };
  const gateway = await startGateway({ ...parts, version: '1.2.3' }, { host: '127.0.0.1', port: 0 });
  opened.push(() => gateway.close());
  return gateway.port;
}

/** A gateway of another make: it greets, and does with each frame what the test says. */
async function otherGateway(take: (socket: WebSocket) => void, maxPayload = largestMessage): Promise<number> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload });
  opened.push(() => {
    server.clients.forEach((each) => each.terminate());
    server.close();
  });
  server.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString()) as ClientFrame;
      if (frame.type === 'hello') socket.send(JSON.stringify({ type: 'welcome', protocol: 1, server: '1.2.3' }));
      else take(socket);
    });
  });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function watching(
  dial: Dial,
  patienceMs: number,
  variables?: Record<string, string>,
): { result: ReturnType<typeof follow>; told: string[]; readonly leave: () => void } {
  const told: string[] = [];
  const follower: Follower = {
    onStarted: () => told.push('started'),
    onEvent: () => told.push('event'),
    onLost: () => told.push('lost'),
    onFoundAgain: () => told.push('found'),
  };
  const left = new AbortController();
  opened.push(() => left.abort());
  const asked = { ...project, ...(variables === undefined ? {} : { variables }) };
  const start = { operation: 'up', id: 'a', asked } as const;
  const persistence = { connect: () => connect(dial, 'ann@laptop'), patienceMs, signal: left.signal };
  const result = follow(start, follower, persistence);
  // Tests look at it, but may fail before they do.
  result.catch(() => undefined);
  return { result, told, leave: () => left.abort(new Error('left')) };
}

describe('a request over the limit', () => {
  test('is refused before it is sent, names what is too large, and never repeated', async () => {
    const { result } = watching(dialTo(await realGateway()), 60_000, values(190_000));
    const failure = await result.then(
      () => undefined,
      (error: unknown) => (error instanceof Failure ? error.data : undefined),
    );
    expect(failure).toMatchObject({ code: 'message-too-large', class: 'permanent', object: 'variables.LARGE' });
    expect(failure?.message).toContain(`${largestMessage} bytes`);
    expect(failure?.hint).toContain("project's files");
    expect(dials.count).toBe(1);
  });

  test('of a gateway with a smaller one ends with the refusal, over one connection', async () => {
    const port = await otherGateway(() => undefined, 1000);
    const { result } = watching(dialTo(port), 60_000, values(5000));
    await expect(result).rejects.toMatchObject({ data: { code: 'message-too-large', object: 'variables.LARGE' } });
    expect(dials.count).toBe(1);
  });

  test('is told to any client by the code of the close', async () => {
    const ws = new WebSocket(`ws://127.0.0.1:${await realGateway()}/ws`);
    await once(ws, 'open');
    ws.send('x'.repeat(10 * largestMessage));
    const [code] = (await once(ws, 'close')) as [number];
    expect(code).toBe(1009);
  });

  test('just under it goes through', async () => {
    const port = await otherGateway((socket) =>
      socket.send(JSON.stringify({ type: 'result', id: 'a', status: 'completed' })),
    );
    const empty = JSON.stringify({ type: 'command', command: 'up', id: 'a', ...project, variables: values(0) }).length;
    const { result } = watching(dialTo(port), 60_000, values(largestMessage - empty));
    expect((await result).status).toBe('completed');
    await expect(watching(dialTo(port), 60_000, values(largestMessage - empty + 1)).result).rejects.toMatchObject({
      data: { code: 'message-too-large' },
    });
  });
});

describe('a gateway that drops every connection', () => {
  test('is tried with growing pauses and an end', async () => {
    const port = await otherGateway((socket) => socket.terminate());
    const { result, told } = watching(dialTo(port), 1000);
    await expect(result).rejects.toMatchObject({ data: { code: 'no-server', hint: expect.stringContaining('runs') } });
    // Pauses of 25, 50, 100, 200, 400 and 800 ms at least, until one second has gone.
    expect(dials.count).toBeGreaterThan(1);
    expect(dials.count).toBeLessThan(9);
    expect(told).toEqual(['lost']);
  });

  test('after it took up a run says how to find that again', async () => {
    const port = await otherGateway((socket) => {
      socket.send(JSON.stringify({ type: 'ack', id: 'a', run: 'lab/run-1' }));
      socket.close();
    });
    const { result } = watching(dialTo(port), 300);
    await expect(result).rejects.toMatchObject({
      data: { code: 'no-server', hint: expect.stringContaining('attach lab/run-1') },
    });
    expect(dials.count).toBeLessThan(8);
  });

  test('is given up at once when nobody watches any more', async () => {
    const port = await otherGateway((socket) => socket.terminate());
    const { result, told, leave } = watching(dialTo(port), 60_000);
    await vi.waitFor(() => expect(told).toEqual(['lost']));
    leave();
    await expect(result).rejects.toThrow(/left|aborted/);
  });
});

test('a gateway that takes connections and does not greet is not waited for without an end', async () => {
  const closed = vi.fn();
  const silent: Dial = async () => ({
    token,
    socket: { send: () => undefined, close: closed, onText: () => undefined, onClose: () => undefined },
  });
  vi.useFakeTimers();
  try {
    const refused = expect(connect(silent, 'ann@laptop')).rejects.toThrow('does not greet');
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
    expect(closed).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});
