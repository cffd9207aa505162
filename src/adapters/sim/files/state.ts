import type { Ref } from '../../../model/ref.ts';
import type { ManifestRecord } from '../../../model/transport/files.ts';

/** What the simulated file system holds. */
export interface FilesState {
  records: Record<Ref, ManifestRecord>;
  /** Sizes by path. */
  files: Record<string, number>;
}
