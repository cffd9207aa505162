import { Failure } from '../model/failure.ts';
import type { EmitEvent } from '../ports/events.ts';
import type { RunInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { booksAfter, type BookChange } from './books.ts';
import { createdStatus, isNowhere, nowhere, resettingStatus } from './deployment-record.ts';
import { knownAfter } from './known-hosts.ts';
import { observeKnown } from './observe.ts';
import { inventoryOf, onTodaysHosts, rememberedHosts, type Target } from './target.ts';

/**
 * What a reset aims at: nothing on hosts. It asks every known host what it holds, whatever today's hosts file says;
 * where that file is gone, the machines that are remembered are asked all the same.
 */
export async function targetOfReset(ports: ActivityPorts, input: RunInput, signal: AbortSignal): Promise<Target> {
  const { deployment } = input;
  const { record, known } = await rememberedHosts(ports, deployment);
  if (!record) throw unknownDeployment(deployment);
  const { hostsFile: _gone, ...withoutFile } = input;
  const today = await inventoryOf(ports, input, known).catch((error: unknown) => {
    if (known.length > 0) return inventoryOf(ports, withoutFile, known);
    if (isNowhere(record)) return nowhere;
    throw error;
  });
  const [observation, wanted] = await Promise.all([
    observeKnown(ports, today, known, deployment, signal),
    ports.store.wanted(deployment),
  ]);
  return {
    ...observation,
    desired: [],
    before: onTodaysHosts(wanted, observation.aliases),
    placement: record.placement,
    planning: { only: 'requests' },
    doubts: [],
  };
}

/** Writes down what the known hosts hold, and says what was believed and is not so. */
export async function resetBooks(
  ports: ActivityPorts,
  input: RunInput,
  target: Target,
  emit: EmitEvent,
): Promise<void> {
  const { deployment } = input;
  const record = await ports.store.deployment(deployment);
  if (!record) throw unknownDeployment(deployment);
  tellSilent(target, emit);
  if (isNowhere(record)) return ports.store.putDeployment({ ...record, status: createdStatus });
  const books = booksAfter(record, ports.store.installation, target);
  for (const change of books.changes) tellChange(change, emit);
  const { candidates, inventory, observed } = target;
  const known = knownAfter(inventory, { ...observed, copies: books.held }, books.places, candidates);
  const { before: _unsettled, ...rest } = record;
  await ports.store.putDeployment({
    ...rest,
    hosts: known.map(({ host }) => host.name),
    known,
    placement: books.placement,
    status: resettingStatus,
    wants: books.wants,
  });
  await ports.store.putWanted(deployment, books.rows);
  tellSum(books, known.length === 0, emit);
}

function tellSilent({ candidates, observed }: Target, emit: EmitEvent): void {
  for (const [host, reason] of observed.unknown) {
    // A host of today's file that the deployment was never on has nothing to answer for.
    if (!candidates.remembered.has(host)) continue;
    const text = `${host} does not answer, so what is known there stays as it is: ${reason}`;
    emit({ type: 'event', level: 'warn', code: 'host-silent', text, host });
  }
}

function tellChange({ ref, host, now }: BookChange, emit: EmitEvent): void {
  const text = now === undefined ? `${ref} is not on ${host}: forgotten` : `${ref} is on ${now}, not on ${host}`;
  const data = { ref, host, ...(now === undefined ? {} : { now }) };
  emit({ type: 'event', level: 'info', code: 'state-reset', text, host, data });
}

function tellSum(
  { changes, wants, unclaimed }: ReturnType<typeof booksAfter>,
  isEmpty: boolean,
  emit: EmitEvent,
): void {
  const count = Object.values(wants).flat().length;
  const text = isEmpty
    ? 'every known host has answered and holds nothing of it: the deployment is forgotten'
    : `${changes.length} corrected, ${count} as they were${unclaimed === 0 ? '' : `; ${unclaimed} on hosts are in no plan: kvm-compose gc tells which`}`;
  emit({ type: 'event', level: 'info', code: 'state-reset', text, data: { corrected: changes.length, kept: count } });
}

function unknownDeployment(deployment: string): Failure {
  const message = `this server knows no deployment ${deployment}`;
  const hint = 'kvm-compose deployment list tells which it knows';
  return new Failure({ code: 'no-such-deployment', class: 'permanent', message, object: deployment, hint });
}
