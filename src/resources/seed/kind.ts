import { defineFileKind } from '../shared/files-kind.ts';
import { folderRef } from '../shared/refs.ts';

/** What a guest is told at its first boot. Another text means another instance id, which only a remade guest reads. */
export const seed = defineFileKind({
  kind: 'seed',
  stage: 'distribute',
  rule: { remake: ['path', 'instanceId', 'files'], update: 'none' },
  needs: (each) => [{ ref: folderRef(each.path, each.host), how: 'after' }],
  make: (goal) => ({ type: 'seed', path: goal.path, files: goal.files }),
  describe: (each) => `seed ${each.path} on ${each.host}, instance ${each.instanceId}`,
});
