import { describe, expect, test } from 'vitest';
import { ask, connect } from '../../src/gateway/protocol/connection.ts';
import type { ServerFrame } from '../../src/gateway/protocol/frames.ts';
import { answerOf, status } from '../support/answers.ts';
import { type FakeGateway, fakeGateway } from '../support/fake-gateway.ts';

const asked = { deployment: 'lab', folder: '/lab', file: 'kvm-compose.yaml', options: {} };
const open = (gateway: FakeGateway) => connect(gateway.dial, 'ann@laptop');

describe('a connection', () => {
  test('outlives an answer that cannot be read: only that request fails', async () => {
    const gateway = fakeGateway(({ id }, peer) => {
      const wrong = { ...status, resources: 'ten' } as never;
      peer.send(answerOf('status', id === 'a' ? wrong : status)(id));
    });
    const connection = await open(gateway);
    await expect(ask(connection, 'status', { id: 'a', asked })).rejects.toMatchObject({
      data: { code: 'bad-answer', message: expect.stringContaining('resources') as string },
    });
    expect(await ask(connection, 'status', { id: 'b', asked })).toEqual(status);
    expect(gateway.connections).toBe(1);
  });

  test('ends all its requests when the server could not read one of them, and says why', async () => {
    const failure = { code: 'bad-frame', class: 'permanent', message: 'a frame must be one JSON object' } as const;
    const connection = await open(fakeGateway((_, peer) => peer.send({ type: 'nack', id: '', failure })));
    await expect(ask(connection, 'status', { id: 'a', asked })).rejects.toMatchObject({ data: failure });
  });

  test('is not made where what answers is no gateway of ours', async () => {
    const stranger: FakeGateway = fakeGateway(() => undefined);
    const greeting = { type: 'welcome', protocol: 2, server: '9' } as unknown as ServerFrame;
    const dial: FakeGateway['dial'] = async () => {
      const { socket, token } = await stranger.dial();
      let tell: (text: string) => void = () => undefined;
      return {
        socket: { ...socket, onText: (listener) => void (tell = listener), send: () => tell(JSON.stringify(greeting)) },
        token,
      };
    };
    await expect(connect(dial, 'ann@laptop')).rejects.toMatchObject({
      data: { code: 'bad-answer', message: expect.stringContaining('protocol') as string },
    });
  });
});
