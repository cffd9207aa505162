import { createHash } from 'node:crypto';
import { deploymentFolder } from '../../model/host.ts';
import type { Ref } from '../../model/ref.ts';
import { stableJson } from '../../model/stable-json.ts';
import type { ManifestRecord } from '../../model/transport/files.ts';

/** Folder of a deployment's manifest on a host: one small file per resource that has no place for a mark. */
function manifestFolder(deployment: string): string {
  return `${deploymentFolder(deployment)}/manifest`;
}

/** Path of one resource's record on its host. */
export function manifestPath(deployment: string, ref: Ref): string {
  const hash = createHash('sha256').update(ref).digest('hex').slice(0, 32);
  return `${manifestFolder(deployment)}/${hash}.json`;
}

/** A record as the one line its file holds, without the newline. */
export function manifestLine(record: ManifestRecord): string {
  return stableJson(record);
}
