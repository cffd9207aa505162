import { createHash } from 'node:crypto';
import type { Plan } from '../model/plan.ts';
import type { Resource } from '../model/resources.ts';
import type { ObservedState } from '../model/observed.ts';
import { stableJson } from '../model/stable-json.ts';

/** What a saved plan is compared by. Only `plan` decides; the others say what moved. */
export interface Fingerprint {
  /** Of the whole plan, with every operation in it. */
  readonly plan: string;
  /** Of what the project file comes to. */
  readonly desired: string;
  /** Of what the hosts hold. */
  readonly observed: string;
}

/** The fingerprint of a plan and of what it was made from. */
export function fingerprintOf(
  plan: Plan,
  desired: readonly Resource[],
  { copies: observed }: ObservedState,
): Fingerprint {
  // A disk grows while its guest runs, and a guest that was restarted is the guest it was.
  const things = [...observed]
    .map(([ref, copies]) => [ref, copies.map(({ bytes: _bytes, boot: _boot, ...each }) => each)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { plan: hashOf(plan), desired: hashOf(desired), observed: hashOf(things) };
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(stableJson(value)).digest('hex');
}
