import { artefactPath, guestFolder } from '../../model/artefacts.ts';
import type { Change } from '../../model/plan.ts';
import type { Seed } from '../../model/resources.ts';
import type { Observed } from '../../model/observed.ts';
import { type CompareRule, compareFields, contentOf } from '../shared/compare.ts';
import { defineFileKind } from '../shared/files-kind.ts';
import { folderRef } from '../shared/refs.ts';

const rule: CompareRule<Seed> = { remake: ['path', 'instanceId', 'files'], update: 'none' };

/** What a guest is told at its first boot. Another text means another instance id, which only a remade guest reads. */
export const seed = defineFileKind({
  kind: 'seed',
  outlives: 'with data',
  stage: 'distribute',
  rule,
  compare: compareSeeds,
  needs: (each) => [{ ref: folderRef(each.path, each.host), how: 'after' }],
  make: (goal) => ({ type: 'seed', path: goal.path, files: goal.files }),
  artefacts: ({ name, guest = name, files }) =>
    files.flatMap((file) =>
      'text' in file ? [{ path: `${guestFolder(guest)}/${file.name}`, text: () => file.text }] : [],
    ),
  describe: (each) => `seed ${each.path} on ${each.host}, instance ${each.instanceId}`,
});

/** That a file was edited matters only where its text does; there it is the cause. */
function compareSeeds(goal: Seed | undefined, observed: Observed<Seed> | undefined): Change | undefined {
  if (!isEdited(goal) && !isEdited(observed?.as)) return compareFields(goal, observed, rule);
  const change = compareFields(
    goal && unlabelled(goal),
    observed && { ...observed, as: unlabelled(observed.as) },
    rule,
  );
  if (!goal || !change) return change;
  const changed = changedFiles(goal, observed?.as);
  const causes = changed.flatMap((name) => editOf(name, goal, observed?.as));
  if (causes.length === 0) return change;
  const { host, path } = goal;
  const onlyEdits = causes.length === changed.length && observed?.as.host === host && observed.as.path === path;
  return { ...change, cause: (onlyEdits ? causes : [change.cause, ...causes]).join(', ') };
}

function isEdited(one: Seed | undefined): boolean {
  return one?.files.some((file) => 'edited' in file) ?? false;
}

function unlabelled(goal: Seed): Seed {
  return { ...goal, files: goal.files.map((file) => ('text' in file ? { name: file.name, text: file.text } : file)) };
}

/** Without meta-data, which changes with every other file. */
function changedFiles(goal: Seed, observed: Seed | undefined): string[] {
  const contents = (one: Seed | undefined): Map<string, string> =>
    new Map(one && unlabelled(one).files.map((file) => [file.name, contentOf(file)]));
  const [wanted, found] = [contents(goal), contents(observed)];
  const names = [...new Set([...wanted.keys(), ...found.keys()])].sort();
  return names.filter((name) => name !== 'meta-data' && wanted.get(name) !== found.get(name));
}

function editOf(name: string, goal: Seed, observed: Seed | undefined): string[] {
  const isIt = (one: Seed | undefined): boolean =>
    one?.files.some((file) => file.name === name && 'text' in file && file.edited === true) ?? false;
  const path = artefactPath(goal.guest ?? goal.name, name);
  if (isIt(goal)) return [`${path} was edited`];
  return isIt(observed) ? [`${path} is no longer edited`] : [];
}
