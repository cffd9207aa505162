import type { Ref } from '../../model/ref.ts';

/** The deployment a path under the hosts' root belongs to. */
function deploymentOfPath(path: string): string {
  return path.split('/')[5] ?? '';
}

/** The folder resource a path lives in. */
export function folderRef(path: string, host: string): Ref {
  return `folder:${deploymentOfPath(path)}@${host}`;
}

/** The pushed image a disk is made from. */
export function pushRef(path: string, sha256: string, host: string): Ref {
  return `push:${deploymentOfPath(path)}/${sha256.slice(0, 12)}@${host}`;
}
