import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../../model/failure.ts';
import type { ManifestRecord } from '../../../model/transport/files.ts';
import type { GuestOp } from '../../../model/transport/guest.ts';
import type { Effects } from '../transport.ts';
import { refuseForeign } from '../owned.ts';
import type { FilesState } from '../files/state.ts';
import { bootOf, type LibvirtState, type SimulatedDomain } from '../libvirt/state.ts';
import type { GuestState } from './state.ts';

/** What is known of guests is in the manifest; they run in domains. */
export type HostOfGuests = GuestState & Pick<FilesState, 'records'> & Pick<LibvirtState, 'domains'>;

type ScriptOp = Extract<GuestOp, { do: 'script' }>;

/** Guests that are resumed and come up at once, and jobs whose folders are on their disks. */
export const guestEffects: Effects<'guest', HostOfGuests> = {
  transport: 'guest',
  atomic: false,
  apply: (op, host, context) => {
    const ref = op.do === 'forget' ? op.ref : op.record.ref;
    const before = host.records[ref];
    if (op.do === 'forget') {
      if (before) refuseForeign(before.mark, ref, context);
      delete host.records[ref];
    } else if (op.do === 'remember') host.records[ref] = op.record;
    else {
      if (op.do === 'ready') resume(op.goal.domain, host);
      const domain = runningDomain(op.goal.domain, host);
      if (op.do === 'script') startOnce(op, host, context.key);
      host.records[ref] = { ...op.record, boot: bootOf(domain) };
    }
    // A guest that was ready is looked at again, and what is known of it written down again.
    if (op.do === 'ready' || op.do === 'remember') return 'done';
    return isDeepStrictEqual(host.records[ref], before) ? 'already' : 'done';
  },
  half: (op, host, context) => {
    if (op.do === 'forget' || op.do === 'remember') return;
    if (op.do === 'ready') resume(op.goal.domain, host);
    else startOnce(op, host, context.key);
    host.records[op.record.ref] = unfinished(op.record);
  },
};

/** Machines are started paused. */
function resume(name: string, host: HostOfGuests): void {
  const domain = host.domains[name];
  if (domain?.state === 'paused') domain.state = 'running';
}

function unfinished({ boot: _boot, ...record }: ManifestRecord): ManifestRecord {
  return record;
}

function runningDomain(name: string, host: HostOfGuests): SimulatedDomain {
  const domain = host.domains[name];
  if (domain?.state === 'running') return domain;
  throw new Failure({ code: 'guest-stalled', class: 'permanent', message: `${name} does not run`, object: name });
}

/** A job that was started under the key is adopted, never started again. */
function startOnce({ goal, job }: ScriptOp, host: HostOfGuests, contextKey: string): void {
  const run = contextKey.split('/')[0] ?? '';
  const key = goal.when === 'every-up' ? `${job}-${run}` : job;
  const jobs = (host.jobs[goal.disk] ??= {});
  jobs[key] ??= 1;
}
