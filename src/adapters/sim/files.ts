import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../model/failure.ts';
import type { FilesOp } from '../../model/transport/files.ts';
import type { RunContext } from '../../ports/carrier.ts';
import type { Effects } from './carrier.ts';
import { isOwned, refuseForeign } from './owned.ts';
import type { SimulatedHost } from './state.ts';

type Ensure = Extract<FilesOp, { do: 'ensure' }>;
type Remove = Extract<FilesOp, { do: 'remove' }>;

/** A file system with a manifest: listed before it is made, unlisted after it is gone. */
export const filesEffects: Effects<'files'> = {
  transport: 'files',
  atomic: false,
  apply: (op, host, context) => (op.do === 'ensure' ? ensure(op, host) : remove(op, host, context)),
  half: (op, host, context) => {
    if (op.do === 'ensure') host.records[op.record.ref] = op.record;
    else if (!op.folder && isOwned(host.records[op.ref]?.mark, context)) delete host.files[op.path];
  },
};

function ensure({ make, record }: Ensure, host: SimulatedHost): 'done' | 'already' {
  const isThere = host.files[make.path] !== undefined;
  const isListed = isDeepStrictEqual(host.records[record.ref], record);
  if (isThere && isListed) return 'already';
  if (make.type !== 'folder' && !Object.keys(host.files).some((path) => make.path.startsWith(`${path}/`))) {
    throw refusal(`no folder for ${make.path}`);
  }
  host.records[record.ref] = record;
  if ((make.type === 'overlay' || make.type === 'copy') && host.files[make.base] === undefined) {
    throw refusal(`base ${make.base} is missing`);
  }
  // An existing disk is never written to.
  host.files[make.path] ??= make.type === 'push' ? make.image.size : 0;
  return 'done';
}

function remove(op: Remove, host: SimulatedHost, context: RunContext): 'done' | 'already' {
  if (host.files[op.path] === undefined && host.records[op.ref] === undefined) return 'already';
  refuseForeign(host.records[op.ref]?.mark, op.path, context);
  const within = op.folder ? Object.keys(host.files).filter((path) => path.startsWith(`${op.path}/`)) : [];
  if (within.length > 0) throw refusal(`${op.path} is not empty: ${within.join(' ')}`);
  const user = Object.values(host.domains).find(({ domain, state }) => {
    return state !== 'shut off' && domain.disks.some((disk) => disk.path === op.path);
  });
  if (user) throw refusal(`${op.path} is in use by ${user.domain.name}`);
  delete host.files[op.path];
  delete host.jobs[op.path];
  delete host.records[op.ref];
  return 'done';
}

function refusal(message: string): Failure {
  return new Failure({ code: 'disk-failed', class: 'permanent', message });
}
