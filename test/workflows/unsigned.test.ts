import { Client } from '@temporalio/client';
import { afterEach, describe, expect, inject, test } from 'vitest';

import { temporalRuns } from '../../src/client/temporal-runs.ts';
import { output } from '../support/command.ts';
import { type Engine, inputOf, startEngine } from '../support/engine.ts';

let engine: Engine;

afterEach(() => engine.stop());

/** Temporal's own command, which knows no key. */
const temporal = async (...args: string[]): Promise<string> =>
  output(await output('bash', ['temporal/install']), ['workflow', ...args, '--address', inject('temporalAddress')]);

const domains = (): number => Object.keys(engine.world.host('main').domains).length;

describe('a local user without the key', () => {
  test('starts nothing: the run fails at once and says why', async () => {
    engine = await startEngine(inject('temporalAddress'), { size: { guests: 1, hosts: 1 } });
    const { deployment, taskQueue, client } = engine;
    const id = `testbed/${deployment}`;
    const input = JSON.stringify(inputOf('up', deployment, {}));
    await temporal('start', '--type', 'up', '--task-queue', taskQueue, '--workflow-id', id, '--input', input);
    const { status, error } = await engine.ended(client.workflow.getHandle(id));
    expect(status).toBe('FAILED');
    expect(error).toMatchObject({ cause: { type: 'unsigned-input', nonRetryable: true } });
    expect(domains()).toBe(0);
  });

  test('starts nothing with a client of its own either', async () => {
    engine = await startEngine(inject('temporalAddress'), { size: { guests: 1, hosts: 1 } });
    const { deployment, taskQueue, client } = engine;
    const id = `testbed/${deployment}`;
    const plain = new Client({ connection: client.connection });
    await plain.workflow.start('down', { workflowId: id, taskQueue, args: [inputOf('down', deployment, {})] });
    expect((await engine.ended(client.workflow.getHandle(id))).error).toMatchObject({
      cause: { type: 'unsigned-input' },
    });
  });

  test('is not heard when signalling, and the run goes on', async () => {
    engine = await startEngine(inject('temporalAddress'), { size: { guests: 2, hosts: 1 }, idle: true });
    const handle = await engine.start('up');
    await temporal(
      'signal',
      '--workflow-id',
      handle.workflowId,
      '--name',
      'cancel',
      '--input',
      '{"by":"eve","reason":"fun"}',
    );
    await engine.worker();
    expect((await engine.ended(handle)).status).toBe('COMPLETED');
    expect(domains()).toBe(2);
  });

  test('may ask how far a run is, and reads the answer', async () => {
    engine = await startEngine(inject('temporalAddress'), { size: { guests: 1, hosts: 1 } });
    const handle = await engine.start('up');
    await engine.ended(handle);
    const answer = await temporal(
      'query',
      '--workflow-id',
      handle.workflowId,
      '--type',
      'progress',
      '--output',
      'json',
    );
    const data = /"data":\s*"([^"]+)"/.exec(answer)?.[1] ?? '';
    expect(JSON.parse(Buffer.from(data, 'base64').toString())).toMatchObject({ phase: 'recording' });
  });

  test('keeps nobody from listing and watching: a run past us is shown as foreign', async () => {
    engine = await startEngine(inject('temporalAddress'), { size: { guests: 1, hosts: 1 } });
    const { deployment, taskQueue, client } = engine;
    await engine.run('up');
    const id = `testbed/${deployment}`;
    const input = JSON.stringify(inputOf('down', deployment, {}));
    const memo = ['--memo', 'by="root@here"', '--memo', 'outcome={"status":"completed"}', '--memo', 'requestId="1"'];
    const attribute = ['--search-attribute', 'KvmComposeCommand="down"'];
    const start = ['start', '--type', 'down', '--task-queue', taskQueue, '--workflow-id', id, '--input', input];
    await temporal(...start, ...memo, ...attribute);
    await engine.ended(client.workflow.getHandle(id));
    const runs = temporalRuns(engine.clients, () => new Date());
    const listed = async (): Promise<unknown> =>
      (await runs.list(deployment)).map(({ command, foreign, status }) => [command, foreign === true, status]);
    await expect.poll(listed, { timeout: 20_000 }).toEqual([
      ['down', true, 'failed'],
      ['up', false, 'completed'],
    ]);
    const last = await runs.find(deployment);
    expect(last).toMatchObject({ command: 'down', by: 'unknown (not signed)', foreign: true });
    const end = await runs.ended(last);
    expect(end).toMatchObject({ status: 'failed', failure: { code: 'unsigned-input' } });
    expect(end).not.toHaveProperty('outcome');
  });
});
