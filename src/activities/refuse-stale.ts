import { Failure } from '../model/failure.ts';
import type { Fingerprint } from '../planner/fingerprint.ts';

/** A saved plan is never executed: planning again must come to the same. Throws Failure `plan-stale`. */
export function refuseStale(saved: Fingerprint, now: Fingerprint, deployment: string): void {
  if (saved.plan === now.plan) return;
  const moved = [
    ...(saved.desired === now.desired ? [] : ['the project']),
    ...(saved.observed === now.observed ? [] : ['what the hosts hold']),
  ];
  const what = moved.length > 0 ? moved.join(' and ') : 'the options or the hosts file';
  throw new Failure({
    code: 'plan-stale',
    class: 'plan',
    message: `the saved plan is stale: since it was made, ${what} changed`,
    object: deployment,
    hint: 'look at a new plan (kvm-compose plan --out FILE), then apply that; nothing has been touched',
  });
}
