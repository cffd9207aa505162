import type { StageName } from '../../model/kind.ts';
import type { Change } from '../../model/plan.ts';
import type { Resource, ResourceOf } from '../../model/resources.ts';
import type { Observed } from '../../model/observed.ts';
import type { FileMaking, FilesAnswer } from '../../model/transport/files.ts';
import type { Edge, ResourceKind, Undo } from '../contract.ts';
import { type CompareRule, compareFields } from './compare.ts';
import { recordsOf } from './records.ts';
import { plainUndo } from './undo.ts';

/** The kinds that are one path on a host. */
type FileKindName = Extract<Resource, { readonly path: string }>['kind'];

/** What differs between the kinds that are files or folders. */
export interface FileKindDefinition<K extends FileKindName> {
  readonly kind: K;
  readonly stage: StageName;
  readonly rule: CompareRule<ResourceOf<K>>;
  readonly outlives?: ResourceKind['outlives'];
  readonly life?: ResourceKind['life'];
  readonly verbs?: ResourceKind<K>['verbs'];
  readonly artefacts?: ResourceKind<K>['artefacts'];
  needs(resource: ResourceOf<K>): readonly Edge[];
  make(goal: ResourceOf<K>): FileMaking;
  describe(resource: ResourceOf<K>): string;
  /** Where the usual comparing and the usual way back will not do. */
  readonly compare?: (
    goal: ResourceOf<K> | undefined,
    observed: Observed<ResourceOf<K>> | undefined,
  ) => Change | undefined;
  readonly undo?: (change: Change, observed: Observed<ResourceOf<K>> | undefined) => Undo<ResourceOf<K>>;
}

/** What the manifest lists and the host does not have: made again, or never finished. */
export const fileMissing = 'file missing';

/** Builds a kind whose truth is the host's manifest together with the files really there. */
export function defineFileKind<K extends FileKindName>(own: FileKindDefinition<K>): ResourceKind<K> {
  return {
    kind: own.kind,
    transport: 'files',
    stage: own.stage,
    asks: ['files'],
    ...(own.outlives === undefined ? {} : { outlives: own.outlives }),
    ...(own.life === undefined ? {} : { life: own.life }),
    ...(own.verbs === undefined ? {} : { verbs: own.verbs }),
    ...(own.artefacts === undefined ? {} : { artefacts: own.artefacts }),
    needs: (resource) => own.needs(resource),
    compare: own.compare ?? ((goal, observed) => compareFields(goal, observed, own.rule)),
    undo: (change, _goal, observed) => (own.undo ?? plainUndo)(change, observed),
    parse: ({ files }, scope) =>
      recordsOf(own.kind, files).map(({ goal, mark: label }) => ({
        as: onHost(goal, scope.host),
        label,
        ...driftOf(goal.path, files),
        ...(own.outlives === 'data' ? sizeOf(goal.path, files) : {}),
      })),
    render: (goal, label, was) =>
      goal
        ? {
            transport: 'files',
            do: 'ensure',
            make: own.make(goal),
            record: { ref: `${goal.kind}:${goal.name}`, mark: label, goal },
          }
        : {
            transport: 'files',
            do: 'remove',
            ref: `${was.kind}:${was.recordedAs ?? was.name}`,
            deployment: label.deployment,
            path: was.path,
            folder: was.kind === 'folder',
          },
    describe: (resource) => own.describe(resource),
  };
}

/** Of what a guest fills; other files are as large as they were made. */
function sizeOf(path: string, files: FilesAnswer | undefined): { bytes?: number } {
  const bytes = files?.files[path];
  return bytes === undefined ? {} : { bytes };
}

/** What is named after its host is named after the host it was found on. */
function onHost<R extends Resource>(goal: R, host: string): R {
  if (goal.host === host || !goal.name.endsWith(`@${goal.host}`)) return goal;
  const name = goal.name.slice(0, -goal.host.length) + host;
  return { ...goal, name, host, recordedAs: goal.name };
}

function driftOf(path: string, files: FilesAnswer | undefined): { drift?: string } {
  return files?.files[path] === undefined ? { drift: fileMissing } : {};
}
