import type { Push } from '../../model/resources.ts';
import { type CompareRule, compareFields, impact } from '../shared/compare.ts';
import { defineFileKind } from '../shared/files-kind.ts';
import { folderOfImage } from '../shared/refs.ts';

const rule: CompareRule<Push> = { remake: ['image', 'format'], update: 'none', ignore: ['path'] };

/** A base image on the host whose guests' disks lie over it. */
export const push = defineFileKind({
  kind: 'push',
  outlives: 'with data',
  life: 'reference',
  stage: 'images',
  rule,
  needs: (each) => [{ ref: folderOfImage(each), how: 'after' }],
  make: (goal) => ({ type: 'push', path: goal.path, image: goal.image, format: goal.format }),
  compare: (goal, observed) => {
    const change = compareFields(goal, observed, rule);
    // Disks stand on it where it was, so that one stays; new disks stand on the one of all deployments.
    if (change || !goal || goal.path === observed?.as.path) return change;
    return { action: 'update', cause: 'is kept once for all deployments now', impact: impact('none', goal) };
  },
  describe: (each) => `image ${each.image.sha256.slice(0, 12)} (${each.format}) on ${each.host}`,
});
