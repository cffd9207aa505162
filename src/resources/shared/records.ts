import type { KindName } from '../../model/kind.ts';
import type { ResourceOf } from '../../model/resources.ts';
import type { FilesAnswer, ManifestRecord } from '../../model/transport/files.ts';

/** A line of the manifest whose goal is known to be of one kind. */
export interface RecordOf<K extends KindName> extends ManifestRecord {
  readonly goal: ResourceOf<K>;
}

/** The lines of one kind in a host's manifest. */
export function recordsOf<K extends KindName>(kind: K, files: FilesAnswer | undefined): RecordOf<K>[] {
  return (files?.records ?? []).filter((record): record is RecordOf<K> => record.goal.kind === kind);
}
