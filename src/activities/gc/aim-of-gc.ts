import type { HostFacts } from '../../model/host.ts';
import { type Ref, refOf } from '../../model/ref.ts';
import type { Seen } from '../../model/seen.ts';
import { whySurplus } from '../../planner/garbage.ts';
import type { RunInput } from '../../workflows/contract.ts';
import type { ActivityPorts } from '../activity-ports.ts';
import type { Aim } from '../aim.ts';
import { hostsFileOf, loadInventory } from '../load-project.ts';
import { observeEach, seenIn } from '../observe.ts';
import { claimOf, foundOn } from './claims.ts';

/**
 * What gc of a deployment aims at: that nothing of ours is left which nobody owns. It looks again, under the lock of
 * the deployment: what was shown before may have found an owner since.
 */
export async function aimOfGc(ports: ActivityPorts, input: RunInput, signal: AbortSignal): Promise<Aim> {
  const { deployment } = input;
  const inventory = await loadInventory(ports, input);
  const [reads, record] = await Promise.all([
    observeEach(ports, inventory, deployment, signal),
    ports.store.deployment(deployment),
  ]);
  const claim = record && claimOf(record, hostsFileOf(input));
  const facts = new Map<string, HostFacts>();
  const unknown = new Map<string, string>();
  const seen = new Map<Ref, Seen>();
  for (const { host, answers, reason } of reads) {
    if (!answers) {
      unknown.set(host.name, reason ?? 'no answer');
      continue;
    }
    facts.set(host.name, answers.facts);
    for (const each of seenIn(ports, answers, host, inventory, deployment)) {
      const found = foundOn(each, host.name);
      const { mark } = found;
      if (mark?.installation !== ports.store.installation || mark.deployment !== deployment) continue;
      if (whySurplus(found, claim) !== undefined) seen.set(refOf(found.as), found);
    }
  }
  return { inventory, desired: [], observed: { seen, facts, unknown }, placement: {}, doubts: [] };
}
