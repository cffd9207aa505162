import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../model/failure.ts';
import type { ManifestRecord } from '../../model/transport/files.ts';
import type { GuestOp } from '../../model/transport/guest.ts';
import type { Effects } from './carrier.ts';
import { refuseForeign } from './owned.ts';
import type { SimulatedDomain, SimulatedHost } from './state.ts';

type ScriptOp = Extract<GuestOp, { do: 'script' }>;

/** Guests that are resumed and come up at once, and jobs whose folders are on their disks. */
export const guestEffects: Effects<'guest'> = {
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
function resume(name: string, host: SimulatedHost): void {
  const domain = host.domains[name];
  if (domain?.state === 'paused') domain.state = 'running';
}

/** What names one power-on of a simulated domain; empty when it does not run. */
export function bootOf({ state, boot }: SimulatedDomain): string {
  return state === 'shut off' ? '' : `boot ${boot}`;
}

function unfinished({ boot: _boot, ...record }: ManifestRecord): ManifestRecord {
  return record;
}

function runningDomain(name: string, host: SimulatedHost): SimulatedDomain {
  const domain = host.domains[name];
  if (domain?.state === 'running') return domain;
  throw new Failure({ code: 'guest-stalled', class: 'permanent', message: `${name} does not run`, object: name });
}

/** A job that was started under the key is adopted, never started again. */
function startOnce({ goal, job }: ScriptOp, host: SimulatedHost, contextKey: string): void {
  const run = contextKey.split('/')[0] ?? '';
  const key = goal.when === 'every-up' ? `${job}-${run}` : job;
  const jobs = (host.jobs[goal.disk] ??= {});
  jobs[key] ??= 1;
}
