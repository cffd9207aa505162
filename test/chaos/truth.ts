import type { Client as TemporalClient } from '@temporalio/client';
import { createSigningCodec } from '../../src/adapters/payload-codec.ts';
import { openStore } from '../../src/adapters/store/sqlite-store.ts';
import { connectTemporal } from '../../src/client/connect.ts';
import { runWorkflowId } from '../../src/client/names.ts';
import { exitCode } from '../../src/messages/exit-code.ts';
import { openHome } from '../../src/server/home.ts';
import { readStatus } from '../../src/server/server-file.ts';
import type { RunOutcome } from '../../src/workflows/contract.ts';
import type { Arena } from './arena.ts';

type Status = RunOutcome['status'];

/** How a run ended, once all who tell of it agree. */
export interface Truth {
  readonly status: Status;
  readonly outcome: RunOutcome;
  /** Where they disagree. */
  readonly complaints: readonly string[];
}

const exits = { completed: exitCode.done, failed: exitCode.failed, cancelled: exitCode.cancelled } as const;
const statuses: Readonly<Record<string, Status>> = { COMPLETED: 'completed', FAILED: 'failed', CANCELLED: 'cancelled' };

/** The server's Temporal, past gateway and command line. */
export async function withTemporal<T>(home: string, work: (client: TemporalClient) => Promise<T>): Promise<T> {
  const { temporal } = readStatus(home)!.status;
  const codec = createSigningCodec(openHome(home).codecKey);
  const { runs: client } = await connectTemporal({
    address: temporal.address,
    codec,
    identity: 'chaos',
    patienceMs: 10_000,
  });
  try {
    return await work(client);
  } finally {
    await client.connection.close();
  }
}

/** Asks everybody how a run ended: Temporal, its memo, the command line, the store, the event log. */
export async function truthOf(arena: Arena, run: string): Promise<Truth> {
  const { home, deployment } = arena;
  const { name, memo } = await withTemporal(home, async (client) => {
    const found = await client.workflow.getHandle(runWorkflowId(deployment), run).describe();
    return { name: found.status.name, memo: found.memo?.['outcome'] as RunOutcome | undefined };
  });
  const status = statuses[name];
  if (status === undefined || memo === undefined)
    throw new Error(`Temporal says ${name}, the memo ${JSON.stringify(memo)}`);
  const { code, stdout } = await arena.start('attach', `${deployment}/${run}`, '--progress', 'json').ended;
  const lines = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
  const result = lines.find((line) => line.type === 'result');
  const store = await openStore(home);
  const recorded = (await store.runs(deployment)).find((each) => each.run === run);
  await store.close();
  const told = lines.filter((line) => line.code === 'run-ended').map((line) => line.data?.status);
  const numbers = lines.flatMap((line) => line.seq ?? []);
  const said = (who: string, what: unknown): string[] =>
    what === status ? [] : [`${who} says ${String(what)}, Temporal says ${status}`];
  return {
    status,
    outcome: memo,
    complaints: [
      ...said('the memo', memo.status),
      ...said('the result', result?.status),
      ...said('the store', recorded?.status),
      ...(told.length > 0 ? told.flatMap((each) => said('the log', each)) : ['the log does not tell the end']),
      ...(code === exits[status] || (status === 'failed' && code === exitCode.usage)
        ? []
        : [`attach of a ${status} run ended with ${code}`]),
      ...(numbers.every((number, n) => number === n + 1) ? [] : ['event numbers have gaps']),
      ...memo.leftovers.map(({ item, why }) => `left over: ${item}, ${why}`),
    ],
  };
}

interface Line {
  readonly type?: string;
  readonly seq?: number;
  readonly code?: string;
  readonly status?: string;
  readonly data?: { readonly status?: string };
}
