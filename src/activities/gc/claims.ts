import { parseRef, type Ref } from '../../model/ref.ts';
import { type Claim, wantedHosts } from '../../planner/garbage.ts';
import type { DeploymentRecord } from '../../ports/store.ts';
import type { Everywhere } from './inventories.ts';
import type { Machine } from './machines.ts';

/**
 * What a remembered deployment claims of what is found on a machine. Names are compared by the machines behind them:
 * where it is not certain that a wanted place is another machine than this one, only what is not wanted at all is
 * surplus.
 */
export function claimOn(
  { machineNamed }: Pick<Everywhere, 'machineNamed'>,
  record: DeploymentRecord,
  machine: Machine,
): Claim {
  if (record.wants === undefined) return { wants: undefined, own: false };
  const places = Object.entries(record.wants).map(([name, refs]) => ({ on: machineNamed(record, name), name, refs }));
  const [here, elsewhere] = [places.filter(({ on }) => on === machine), places.filter(({ on }) => on !== machine)];
  // What is wanted on several hosts is wanted here, too: the last one counts.
  const wants = new Map(
    [...elsewhere, ...here].flatMap(({ on, name, refs }) => {
      const called = on?.host.name ?? name;
      return [...wantedHosts({ [called]: refs.map((ref) => refOn(ref, name, called)) })];
    }),
  );
  return { wants, own: elsewhere.every(({ on }) => on?.id !== undefined && machine.id !== undefined) };
}

/** Some resources bear their host's name, and with it the name it is called by now. */
export function refOn(ref: Ref, before: string, now: string): Ref {
  if (before === now || !ref.endsWith(`@${before}`)) return ref;
  return parseRef(`${ref.slice(0, -before.length)}${now}`) ?? ref;
}
