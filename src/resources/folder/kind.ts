import { defineFileKind } from '../shared/files-kind.ts';

/** A deployment's folder on a host. QEMU must pass through it, so it can be entered but not listed by others. */
export const folder = defineFileKind({
  kind: 'folder',
  outlives: 'with data',
  stage: 'folders',
  rule: { remake: ['path'], update: 'none' },
  needs: () => [],
  make: (goal) => ({ type: 'folder', path: goal.path, mode: goal.mode }),
  describe: (each) => `folder ${each.path} on ${each.host}, mode ${each.mode}`,
});
