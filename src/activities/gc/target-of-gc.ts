import { copiesByRef } from '../../model/observed.ts';
import { refOf } from '../../model/ref.ts';
import { whySurplus } from '../../planner/garbage.ts';
import type { RunInput } from '../../workflows/contract.ts';
import type { ActivityPorts } from '../activity-ports.ts';
import { candidatesOf } from '../known-hosts.ts';
import { hostsFileOf } from '../load-project.ts';
import type { Target } from '../target.ts';
import { claimOn } from './claims.ts';
import { lookEverywhere } from './inventories.ts';
import { foundOn } from './survey.ts';

/**
 * What gc of a deployment aims at: that nothing of ours is left which no deployment owns, wherever it lies. It looks
 * again, under the lock of the deployment: what was shown before may have found an owner since.
 */
export async function targetOfGc(ports: ActivityPorts, input: RunInput, signal: AbortSignal): Promise<Target> {
  const { deployment } = input;
  const { installation } = ports.store;
  const everywhere = await lookEverywhere(ports, hostsFileOf(input), deployment, signal);
  const { machines, records } = everywhere;
  const record = records.find(({ name }) => name === deployment);
  const surplus = machines.flatMap((machine) => {
    const claim = record && claimOn(everywhere, record, machine);
    return foundOn(ports, machine, deployment).filter((each) => {
      const { label } = each;
      if (label?.installation !== installation || label.deployment !== deployment) return false;
      return whySurplus(each, claim) !== undefined;
    });
  });
  const inventory = {
    main: machines.find(({ main }) => main)?.host.name ?? '',
    hosts: machines.map(({ host }) => host),
  };
  const observed = {
    copies: copiesByRef(surplus.map((each) => [refOf(each.as), each])),
    facts: new Map(machines.flatMap(({ host, answers }) => (answers ? [[host.name, answers.facts] as const] : []))),
    unknown: new Map(
      machines.flatMap(({ host, answers, reason }) => (answers ? [] : [[host.name, reason ?? 'no answer'] as const])),
    ),
  };
  const candidates = candidatesOf(inventory, []);
  const planning = { purges: () => true };
  return { inventory, candidates, observed, desired: [], before: [], placement: {}, planning, doubts: [] };
}
