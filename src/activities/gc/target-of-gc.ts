import type { HostFacts } from '../../model/host.ts';
import { type Ref, refOf } from '../../model/ref.ts';
import type { Observed } from '../../model/observed.ts';
import { whySurplus } from '../../planner/garbage.ts';
import type { RunInput } from '../../workflows/contract.ts';
import type { ActivityPorts } from '../activity-ports.ts';
import type { Target } from '../target.ts';
import { hostsFileOf, loadInventory } from '../load-project.ts';
import { observeEach, observedIn } from '../observe.ts';
import { claimOf, foundOn } from './claims.ts';

/**
 * What gc of a deployment aims at: that nothing of ours is left which nobody owns. It looks again, under the lock of
 * the deployment: what was shown before may have found an owner since.
 */
export async function targetOfGc(ports: ActivityPorts, input: RunInput, signal: AbortSignal): Promise<Target> {
  const { deployment } = input;
  const inventory = await loadInventory(ports, input);
  const [reads, record] = await Promise.all([
    observeEach(ports, inventory, deployment, signal),
    ports.store.deployment(deployment),
  ]);
  const claim = record && claimOf(record, hostsFileOf(input));
  const facts = new Map<string, HostFacts>();
  const unknown = new Map<string, string>();
  const observed = new Map<Ref, Observed>();
  for (const { host, answers, reason } of reads) {
    if (!answers) {
      unknown.set(host.name, reason ?? 'no answer');
      continue;
    }
    facts.set(host.name, answers.facts);
    for (const each of observedIn(ports, answers, host, inventory, deployment)) {
      const found = foundOn(each, host.name);
      const { label } = found;
      if (label?.installation !== ports.store.installation || label.deployment !== deployment) continue;
      if (whySurplus(found, claim) !== undefined) observed.set(refOf(found.as), found);
    }
  }
  return { inventory, desired: [], observed: { resources: observed, facts, unknown }, placement: {}, doubts: [] };
}
