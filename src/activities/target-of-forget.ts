import { Failure } from '../model/failure.ts';
import { nothingObserved } from '../model/observed.ts';
import type { RunInput } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { candidatesOf } from './known-hosts.ts';
import { askHost, observeKnown } from './observe.ts';
import { rememberedHosts, type Target, wantedBefore } from './target.ts';

/**
 * What forgetting a host aims at: that nothing is known to be on a machine that never comes back. Everything else stays
 * wanted as it is, and no host is touched. Refused while the host answers: what is there can be removed or moved.
 */
export async function targetOfForget(ports: ActivityPorts, input: RunInput, signal: AbortSignal): Promise<Target> {
  const { deployment } = input;
  const name = input.options.host ?? '';
  const { record, known } = await rememberedHosts(ports, deployment);
  const lost = known.find(({ host }) => host.name === name);
  if (!record || !lost)
    throw notKnown(
      name,
      deployment,
      known.map(({ host }) => host.name),
    );
  const alone = { main: lost.main ? name : '', hosts: [lost.host] };
  const { answers } = await askHost(ports, lost.host, alone, deployment, signal);
  if (answers !== undefined) throw answersStill(name, deployment);
  const kept = known.filter((each) => each !== lost);
  const main = kept.find((each) => each.main)?.host.name ?? kept[0]?.host.name ?? name;
  const inventory = { main, hosts: kept.map(({ host }) => host) };
  const rows = await ports.store.wanted(deployment);
  // Only what release 0.1 left behind needs a look: what is wanted is remembered since.
  const look =
    rows.length > 0
      ? { observed: nothingObserved, aliases: new Map() }
      : await observeKnown(ports, inventory, kept, deployment, signal);
  const wanted = wantedBefore(rows, record, look).filter(({ host }) => host !== name);
  const placement = Object.fromEntries(Object.entries(record.placement).filter(([, host]) => host !== name));
  return {
    inventory,
    candidates: candidatesOf(inventory, kept),
    desired: wanted,
    before: wanted,
    observed: { ...nothingObserved, unknown: new Map(kept.map(({ host }) => [host.name, 'not asked'])) },
    placement,
    planning: { only: 'requests' },
    doubts: [],
  };
}

function notKnown(name: string, deployment: string, known: readonly string[]): Failure {
  const hint = known.length === 0 ? `${deployment} is not known here` : `it is known to be on ${known.join(', ')}`;
  const message = `${deployment} is not known to have anything on a host ${name}`;
  return new Failure({ code: 'no-such-host', class: 'permanent', message, object: name, hint });
}

function answersStill(name: string, deployment: string): Failure {
  return new Failure({
    code: 'cannot-now',
    class: 'permanent',
    message: `host ${name} answers, so what ${deployment} has there need not be forgotten`,
    object: name,
    host: name,
    hint: 'move its guests with up --replace, or remove them with down',
  });
}
