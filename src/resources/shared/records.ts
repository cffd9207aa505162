import type { KindName } from '../../model/kind.ts';
import type { Observed } from '../../model/observed.ts';
import { refOf } from '../../model/ref.ts';
import type { Resource, ResourceOf } from '../../model/resources.ts';
import type { Undo } from '../contract.ts';
import type { FilesAnswer, ManifestRecord } from '../../model/transport/files.ts';

/** A line of the manifest whose goal is known to be of one kind. */
export interface RecordOf<K extends KindName> extends ManifestRecord {
  readonly goal: ResourceOf<K>;
}

/** The lines of one kind in a host's manifest. */
export function recordsOf<K extends KindName>(kind: K, files: FilesAnswer | undefined): RecordOf<K>[] {
  return (files?.records ?? []).filter((record): record is RecordOf<K> => record.goal.kind === kind);
}

/** Writes knowledge down as it was observed; gone where nothing was known. */
export function asKnown<R extends Resource>(observed: Observed<R> | undefined): Undo<R> {
  if (!observed?.label) return { to: 'absent' };
  const { as, label, boot } = observed;
  const record = { ref: refOf(as), mark: label, goal: as, ...(boot === undefined ? {} : { boot }) };
  return { to: 'operation', op: { transport: 'guest', do: 'remember', record } };
}
