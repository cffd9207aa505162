import type { Ref } from '../../model/ref.ts';

/** The deployment a path under the hosts' root belongs to. */
function deploymentOfPath(path: string): string {
  return path.split('/')[5] ?? '';
}

/** The folder resource a path lives in. */
export function folderRef(path: string, host: string): Ref {
  return `folder:${deploymentOfPath(path)}@${host}`;
}

/** The folder of the deployment that wants an image, which is named after it. */
export function folderOfImage({ name, host }: { readonly name: string; readonly host: string }): Ref {
  return `folder:${name.slice(0, name.lastIndexOf('/'))}@${host}`;
}

/** The pushed image a disk is made from. */
export function pushRef(path: string, sha256: string, host: string): Ref {
  return `push:${deploymentOfPath(path)}/${sha256.slice(0, 12)}@${host}`;
}
