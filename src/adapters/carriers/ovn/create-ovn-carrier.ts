import type { FailureData } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { OvnOp } from '../../../model/transport/ovn.ts';
import type { Carrier, CarrierItem, RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import { Outcomes } from '../outcomes.ts';
import { mostTransactionBytes, transact, transactionText } from './northbound.ts';
import type { OvsdbResult } from '../../host/ovsdb.ts';
import { type Current, currentOf, foreignRow, readOperations, type Step, stepsOf } from './transaction.ts';

type Item = CarrierItem<OvnOp>;

const mostRows = 500;

/** Rows of the OVN northbound database, in atomic transactions on the main host. */
export function createOvnCarrier(runner: Runner): Carrier<'ovn'> {
  return {
    transport: 'ovn',
    atomic: true,
    apply: async (host, items, context) => {
      const outcomes = new Outcomes(items, context);
      for (const part of partsOf(items)) await applyPart({ runner, host, context, outcomes }, part);
      return outcomes.list();
    },
  };
}

interface Work {
  readonly runner: Runner;
  readonly host: Host;
  readonly context: RunContext;
  readonly outcomes: Outcomes<OvnOp>;
}

/** Neighbours that fit one transaction. Removing and making stay apart: a UUID cannot be deleted and inserted in one. */
function partsOf(items: readonly Item[]): Item[][] {
  const parts: Item[][] = [];
  let rows = 0;
  for (const item of items) {
    const last = parts.at(-1);
    rows += item.op.rows.length;
    if (last && last[0]!.op.do === item.op.do && rows <= mostRows) last.push(item);
    else {
      parts.push([item]);
      rows = item.op.rows.length;
    }
  }
  return parts;
}

/** All at once; a refused item is left out with what needs it, and the rest tried again. */
async function applyPart(work: Work, part: readonly Item[]): Promise<void> {
  const items = part.filter((item) => work.outcomes.isOpen(item.id));
  if (items.length === 0) return;
  const steps = await planSteps(work, items);
  const operations = steps.map((step) => step.operation);
  if (items.length > 1 && Buffer.byteLength(transactionText(operations)) > mostTransactionBytes) {
    await halve(work, items);
    return;
  }
  const refusal = operations.length === 0 ? undefined : await send(work, steps);
  const touched = new Set(steps.map((step) => step.item));
  if (!refusal) {
    for (const { id } of items) {
      if (work.outcomes.isOpen(id)) work.outcomes.succeed(id, touched.has(id) ? 'done' : 'already');
    }
    return;
  }
  const guilty = items.length === 1 ? items[0]!.id : refusal.item;
  if (guilty === undefined) {
    await halve(work, items);
    return;
  }
  work.outcomes.fail(guilty, refusal.failure);
  await applyPart(work, items);
}

async function halve(work: Work, items: readonly Item[]): Promise<void> {
  const middle = Math.ceil(items.length / 2);
  await applyPart(work, items.slice(0, middle));
  await applyPart(work, items.slice(middle));
}

async function planSteps(work: Work, items: readonly Item[]): Promise<Step[]> {
  const current = await read(work, items);
  for (const item of items) {
    const foreign = foreignRow(item, current, work.context);
    if (foreign !== undefined) work.outcomes.fail(item.id, notOurs(foreign, work.host));
  }
  return items.filter(({ id }) => work.outcomes.isOpen(id)).flatMap((item) => stepsOf(item, current, work.context));
}

async function read({ runner, host, context }: Work, items: readonly Item[]): Promise<Current> {
  const reads = readOperations(items);
  const chunks: (typeof reads)[] = [];
  for (let from = 0; from < reads.length; from += mostRows) chunks.push(reads.slice(from, from + mostRows));
  const answers = await transact(runner, host, chunks, { key: context.key, signal: context.signal });
  return currentOf(items, answers.flat());
}

function notOurs(row: string, host: Host): FailureData {
  const message = `the row ${row} does not say that it is of this deployment and installation`;
  return { code: 'name-taken', class: 'permanent', message, object: row, host: host.name };
}

interface Refusal {
  /** The item whose operation was refused; undefined when only the whole was, at the commit. */
  readonly item: string | undefined;
  readonly failure: FailureData;
}

async function send({ runner, host, context }: Work, steps: readonly Step[]): Promise<Refusal | undefined> {
  const operations = steps.map((step) => step.operation);
  const [results = []] = await transact(runner, host, [operations], { key: context.key, signal: context.signal });
  const index = results.findIndex((result: OvsdbResult | null) => result?.error !== undefined);
  if (index < 0) return undefined;
  const { error = '', details = '' } = results[index]!;
  const step = steps[index];
  const missingParent = step?.operation.op === 'wait';
  const message = missingParent
    ? `the ${String(step.operation['table'])} row it belongs to is not there`
    : `${error}: ${details}`;
  return {
    item: step?.item,
    failure: {
      code: 'ovn-refused',
      // Somebody else wrote the row between our reading and our writing (a reply of an earlier attempt was lost).
      class: error === 'duplicate uuid' ? 'transient' : 'permanent',
      message: `OVN refused it: ${message}`,
      host: host.name,
    },
  };
}
