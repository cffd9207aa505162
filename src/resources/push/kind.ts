import { defineFileKind } from '../shared/files-kind.ts';
import { folderRef } from '../shared/refs.ts';

/** A base image on the host whose guests' disks lie over it. */
export const push = defineFileKind({
  kind: 'push',
  outlives: 'with data',
  stage: 'images',
  rule: { remake: ['path', 'image', 'format'], update: 'none' },
  needs: (each) => [{ ref: folderRef(each.path, each.host), how: 'after' }],
  make: (goal) => ({ type: 'push', path: goal.path, image: goal.image, format: goal.format }),
  describe: (each) => `image ${each.image.sha256.slice(0, 12)} (${each.format}) on ${each.host}`,
});
