import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { deploymentFolder, imagesFolder } from '../../../model/host.ts';
import { Failure } from '../../../model/failure.ts';
import type { Ref } from '../../../model/ref.ts';
import type { FilesOp } from '../../../model/transport/files.ts';
import type { RunContext } from '../../../ports/carrier.ts';
import type { Effects } from '../transport.ts';
import { isOwned, refuseForeign } from '../owned.ts';
import type { GuestState } from '../guest/state.ts';
import type { LibvirtState } from '../libvirt/state.ts';
import type { FilesState } from './state.ts';

/** Disks are in use by domains, and jobs of guests are on them. */
export type HostOfFiles = FilesState & Pick<LibvirtState, 'domains'> & GuestState;

type Ensure = Extract<FilesOp, { do: 'ensure' }>;
type Remove = Extract<FilesOp, { do: 'remove' }>;

/** A file system with a manifest: listed before it is made, unlisted after it is gone. */
export const filesEffects: Effects<'files', HostOfFiles> = {
  transport: 'files',
  atomic: false,
  apply: (op, host, context) => (op.do === 'ensure' ? ensure(op, host) : remove(op, host, context)),
  half: (op, host, context) => {
    if (op.do === 'ensure') host.records[op.record.ref] = op.record;
    else if (!op.folder && isOwned(host.records[op.ref]?.mark, context) && !isWantedImage(op, host)) {
      delete host.files[op.path];
    }
  },
};

function ensure({ make, record }: Ensure, host: HostOfFiles): 'done' | 'already' {
  const isThere = host.files[make.path] !== undefined;
  const isListed = isDeepStrictEqual(host.records[record.ref], record);
  if (isThere && isListed) return 'already';
  if (make.type === 'push' && !hasFolder(record.ref, host))
    throw refusal(`no folder of the deployment for ${make.path}`);
  if (
    make.type !== 'folder' &&
    make.type !== 'push' &&
    !Object.keys(host.files).some((path) => make.path.startsWith(`${path}/`))
  ) {
    throw refusal(`no folder for ${make.path}`);
  }
  host.records[record.ref] = record;
  if ((make.type === 'overlay' || make.type === 'copy') && host.files[make.base] === undefined) {
    throw refusal(`base ${make.base} is missing`);
  }
  // An existing disk is never written to, and an image is there once.
  host.files[make.path] ??= make.type === 'push' ? make.image.size : 0;
  return 'done';
}

function remove(op: Remove, host: HostOfFiles, context: RunContext): 'done' | 'already' {
  if (host.files[op.path] === undefined && host.records[op.ref] === undefined) return 'already';
  refuseForeign(host.records[op.ref]?.mark, op.path, context);
  const within = op.folder ? Object.keys(host.files).filter((path) => path.startsWith(`${op.path}/`)) : [];
  if (within.length > 0) throw refusal(`${op.path} is not empty: ${within.join(' ')}`);
  const user = Object.values(host.domains).find(({ domain, state }) => {
    return state !== 'shut off' && domain.disks.some((disk) => disk.path === op.path);
  });
  if (user) throw refusal(`${op.path} is in use by ${user.domain.name}`);
  delete host.records[op.ref];
  for (const older of linksOfOld(op, host)) delete host.files[older];
  if (isWantedImage(op, host)) return 'done';
  delete host.files[op.path];
  delete host.jobs[op.path];
  return 'done';
}

/** Release 0.1 had images in the deployment's folder; they go with the want. */
function linksOfOld({ ref, deployment, path }: Remove, host: HostOfFiles): string[] {
  if (!ref.startsWith('push:')) return [];
  const front = `${deploymentFolder(deployment)}/images/${basename(path).slice(0, 12)}.`;
  return Object.keys(host.files).filter((file) => file.startsWith(front));
}

/** A deployment is listed before it wants an image. */
function hasFolder(ref: Ref, host: HostOfFiles): boolean {
  const deployment = ref.slice(ref.indexOf(':') + 1, ref.lastIndexOf('/'));
  return host.files[deploymentFolder(deployment)] !== undefined;
}

/** An image that another deployment wants, or that a disk stands on, outlives the one that goes. */
function isWantedImage({ path, ref }: Remove, host: HostOfFiles): boolean {
  if (!path.startsWith(`${imagesFolder}/`)) return false;
  return Object.values(host.records).some(({ ref: other, goal }) => {
    if (goal.kind === 'push') return other !== ref && goal.path === path;
    return goal.kind === 'disk' && goal.how === 'overlay' && goal.base.path === path;
  });
}

function refusal(message: string): Failure {
  return new Failure({ code: 'disk-failed', class: 'permanent', message });
}
