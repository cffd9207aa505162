import { copiesByRef } from '../../model/observed.ts';
import { refOf } from '../../model/ref.ts';
import { whySurplus } from '../../planner/garbage.ts';
import type { RunInput } from '../../workflows/contract.ts';
import type { ActivityPorts } from '../activity-ports.ts';
import { hostsFileOf, loadInventory } from '../load-project.ts';
import { observeKnown } from '../observe.ts';
import { rememberedHosts, type Target } from '../target.ts';
import { claimOf } from './claims.ts';

/**
 * What gc of a deployment aims at: that nothing of ours is left which no deployment owns. It looks again, under the
 * lock of the deployment: what was shown before may have found an owner since.
 */
export async function targetOfGc(ports: ActivityPorts, input: RunInput, signal: AbortSignal): Promise<Target> {
  const { deployment } = input;
  const today = await loadInventory(ports, input);
  const { record, known } = await rememberedHosts(ports, deployment);
  const observation = await observeKnown(ports, today, known, deployment, signal);
  const claim = record && claimOf(record, hostsFileOf(input));
  const { copies, facts, unknown } = observation.observed;
  const surplus = [...copies.values()].flat().filter((each) => {
    const { label } = each;
    if (label?.installation !== ports.store.installation || label.deployment !== deployment) return false;
    return whySurplus(each, claim) !== undefined;
  });
  const observed = { copies: copiesByRef(surplus.map((each) => [refOf(each.as), each])), facts, unknown };
  return {
    ...observation,
    observed,
    desired: [],
    before: [],
    placement: {},
    planning: { purges: () => true },
    doubts: [],
  };
}
