import { describe, expect, test } from 'vitest';
import { connect } from '../../src/gateway/protocol/connection.ts';
import { follow, type Follower } from '../../src/gateway/protocol/follow.ts';
import { stoppingReason } from '../../src/gateway/protocol/frames.ts';
import { eventFrame, type FakeGateway, fakeGateway } from '../support/fake-gateway.ts';

const asked = { deployment: 'lab', folder: '/lab', file: 'kvm-compose.yaml', options: {}, follow: true } as const;
const start = { operation: 'up', id: 'a', asked } as const;
const command = { type: 'command', command: 'up', id: 'a', ...asked } as const;

function watching(gateway: FakeGateway): { result: ReturnType<typeof follow>; seen: (number | string)[] } {
  const observed: (number | string)[] = [];
  const follower: Follower = {
    onStarted: (run) => observed.push(run),
    onEvent: (frame) => observed.push(frame.seq),
    onLost: () => observed.push('lost'),
    onFoundAgain: () => observed.push('found'),
  };
  const result = follow(start, follower, { connect: () => connect(gateway.dial, 'ann@laptop'), patienceMs: 1000 });
  return { result, seen: observed };
}

describe('following a run', () => {
  test('tells its events and then its result', async () => {
    const gateway = fakeGateway((frame, peer) => {
      peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
      peer.send(eventFrame(frame.id, 1));
      peer.send({ type: 'result', id: frame.id, run: 'lab/run-1', status: 'completed' });
    });
    const { result, seen: observed } = watching(gateway);
    expect((await result).status).toBe('completed');
    expect(observed).toEqual(['lab/run-1', 1]);
  });

  test('goes on over a new connection from the last number it has, without a gap and without a repetition', async () => {
    const gateway = fakeGateway((frame, peer, connection) => {
      peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
      if (connection === 1) {
        [1, 2].forEach((seq) => peer.send(eventFrame(frame.id, seq)));
        return peer.drop();
      }
      // A gateway may send more than was asked for; the client knows what it has.
      [2, 3].forEach((seq) => peer.send(eventFrame(frame.id, seq)));
      return peer.send({ type: 'result', id: frame.id, status: 'completed' });
    });
    const { result, seen: observed } = watching(gateway);
    await result;
    expect(observed).toEqual(['lab/run-1', 1, 2, 'lost', 'found', 3]);
    expect(gateway.asked[1]).toEqual({ type: 'attach', id: 'a', run: 'lab/run-1', since: 2 });
  });

  test('asks again under the same id when the acknowledgement was lost, so nothing starts twice', async () => {
    const gateway = fakeGateway((frame, peer, connection) => {
      if (connection === 1) return peer.drop();
      peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
      return peer.send({ type: 'result', id: frame.id, status: 'completed' });
    });
    await watching(gateway).result;
    expect(gateway.asked).toEqual([command, command]);
  });

  test('waits for a gateway that takes a moment to come back', async () => {
    const gateway = fakeGateway(
      (frame, peer, connection) => {
        peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
        if (connection === 1) peer.drop();
        else peer.send({ type: 'result', id: frame.id, status: 'completed' });
      },
      (connection) => (connection === 2 || connection === 3 ? new Error('refused') : undefined),
    );
    expect((await watching(gateway).result).status).toBe('completed');
    expect(gateway.connections).toBe(4);
  });

  test('that was too slow attaches again', async () => {
    const gateway = fakeGateway((frame, peer, connection) => {
      peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
      if (connection === 1) {
        peer.send(eventFrame(frame.id, 1));
        return peer.send({ type: 'behind', id: frame.id, run: 'lab/run-1', seq: 1 });
      }
      return peer.send({ type: 'result', id: frame.id, status: 'completed' });
    });
    await watching(gateway).result;
    expect(gateway.asked[1]).toMatchObject({ type: 'attach', since: 1 });
  });

  test('ends when somebody stops the server, and says how to go on', async () => {
    const gateway = fakeGateway((frame, peer) => {
      peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
      peer.drop(stoppingReason);
    });
    await expect(watching(gateway).result).rejects.toMatchObject({
      data: { code: 'no-server', hint: expect.stringContaining('attach lab/run-1') },
    });
    expect(gateway.connections).toBe(1);
  });

  test('of a refused command ends with the refusal', async () => {
    const failure = { code: 'busy', class: 'permanent', message: 'held' } as const;
    const gateway = fakeGateway((frame, peer) => peer.send({ type: 'nack', id: frame.id, failure }));
    await expect(watching(gateway).result).rejects.toMatchObject({ data: failure });
  });

  test('does not wait for a server that was never there', async () => {
    const gateway = fakeGateway(
      () => undefined,
      () => new Error('refused'),
    );
    await expect(watching(gateway).result).rejects.toThrow('refused');
    expect(gateway.connections).toBe(1);
  });
});
