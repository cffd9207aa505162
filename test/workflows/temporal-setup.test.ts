import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';

import { checkSearchAttributes, ensureReadNamespace, prepareNamespace } from '../../src/client/namespace.ts';
import { output } from '../support/command.ts';

let connection: Connection;
let client: Client;

beforeEach(async () => {
  connection = await Connection.connect({ address: inject('temporalAddress') });
  client = new Client({ connection });
});

afterEach(() => connection.close());

const temporal = async (...args: string[]): Promise<string> =>
  output(await output('bash', ['temporal/install']), ['operator', ...args, '--address', inject('temporalAddress')]);

test('a server started by us has every search attribute', async () => {
  await expect(checkSearchAttributes(client)).resolves.toBeUndefined();
});

test('missing search attributes end the start, with a command that repairs them', async () => {
  await temporal('namespace', 'create', '--namespace', 'elsewhere', '--retention', '1d');
  const place = { name: 'elsewhere', patienceMs: 0 };
  const observed = async (): Promise<unknown> =>
    checkSearchAttributes(client, place).then(
      () => undefined,
      (error: unknown) => (error as { data?: unknown }).data,
    );
  // A new namespace is known to all parts of the server a moment later.
  await expect.poll(observed, { timeout: 30_000 }).toMatchObject({
    code: 'temporal-setup',
    class: 'permanent',
    message: expect.stringContaining('KvmComposeDeployment') as string,
  });
  const { hint } = (await observed()) as { hint: string };
  const [, command] = /^repair it with: (.*)$/.exec(hint)!;
  const program = await output('bash', ['temporal/install']);
  await output('sh', ['-c', command!.replaceAll('temporal operator', `${program} operator`)]);
  await expect.poll(observed, { timeout: 30_000 }).toBeUndefined();
});

test('ended runs are kept for thirty days', async () => {
  await temporal('namespace', 'create', '--namespace', 'forgetful', '--retention', '1d');
  const prepared = (): Promise<boolean> =>
    prepareNamespace(client, { name: 'forgetful' }).then(
      () => true,
      () => false,
    );
  await expect.poll(prepared, { timeout: 30_000 }).toBe(true);
  const { config } = await client.workflowService.describeNamespace({ namespace: 'forgetful' });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 60 * 60);
});

test('a server without a namespace for reads gets one, also when two parts start at once, and keeps reads for a day', async () => {
  const place = { name: 'reads-of-a-test' };
  await Promise.all([ensureReadNamespace(client, place), ensureReadNamespace(client, place)]);
  await ensureReadNamespace(client, place);
  const { config } = await client.workflowService.describeNamespace({ namespace: place.name });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(24 * 60 * 60);
});
