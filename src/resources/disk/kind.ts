import type { Observed } from '../../model/observed.ts';
import type { Disk } from '../../model/resources.ts';
import { type CompareRule, compareFields, impact } from '../shared/compare.ts';
import { defineFileKind, fileMissing } from '../shared/files-kind.ts';
import { folderRef, pushRef } from '../shared/refs.ts';
import type { Verb } from '../contract.ts';
import { plainUndo } from '../shared/undo.ts';

const rule: CompareRule<Disk> = {
  remake: ['path', 'how', 'base', 'expandGiB'],
  remakeEffect: 'data-loss',
  deleteEffect: 'data-loss',
};

/** A base is its content: where that lies on the host is no difference, or a disk would be lost for the sake of a path. */
function onBaseOf(goal: Disk | undefined, observed: Observed<Disk>): Observed<Disk> {
  const { base } = observed.as;
  if (!goal || goal.base.sha256 !== base.sha256) return observed;
  return { ...observed, as: { ...observed.as, base: { ...base, path: goal.base.path } } };
}

/** A guest made anew from its image: what it wrote is lost, so that is asked for; what is inside its disk is made anew too. */
const rebuild: Verb<Disk> = {
  change: (goal, observed, { by }) => {
    if (!goal || !observed) return { refused: 'it has no disk', hint: 'run up to make it' };
    return { action: 'remake', cause: `rebuild asked for by ${by}`, impact: impact('data-loss', goal) };
  },
};

/** A guest's own disk. What a guest wrote is nowhere else, so a disk is never changed in place and its loss is asked for. */
export const disk = defineFileKind({
  kind: 'disk',
  outlives: 'data',
  verbs: { rebuild },
  stage: 'distribute',
  rule,
  needs: (each) => [
    { ref: folderRef(each.path, each.host), how: 'after' },
    { ref: pushRef(each.path, each.base.sha256, each.host), how: 'after' },
  ],
  make: ({ path, how, base, expandGiB }) => ({ type: how, path, base: base.path, baseFormat: base.format, expandGiB }),
  compare: (goal, observed) => {
    // Another host has no copy of what the guest wrote.
    if (goal && observed && goal.host !== observed.as.host) {
      const cause = `moves from ${observed.as.host} to ${goal.host}`;
      return { action: 'remake', cause, impact: impact('data-loss', goal) };
    }
    // Made anew rather than repaired: whatever ran on the lost one must be made anew with it.
    if (!goal || observed?.drift !== fileMissing)
      return compareFields(goal, observed && onBaseOf(goal, observed), rule);
    return { action: 'remake', cause: fileMissing, impact: impact('remake', goal) };
  },
  undo: (change, observed) => {
    if (!observed || observed.drift === fileMissing || change.action === 'create') return plainUndo(change, observed);
    return { to: 'irreversible', why: 'what the guest wrote on its disk is gone' };
  },
  describe: (each) => {
    const more = each.expandGiB > 0 ? ` and ${each.expandGiB} GiB` : '';
    return `disk ${each.path} on ${each.host}, ${each.how} of ${each.base.sha256.slice(0, 12)}${more}`;
  },
});
