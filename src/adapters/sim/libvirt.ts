import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../model/failure.ts';
import type { LibvirtOp } from '../../model/transport/libvirt.ts';
import type { Effects } from './carrier.ts';
import type { SimulatedDomain, SimulatedHost } from './state.ts';

type Ensure = Extract<LibvirtOp, { do: 'ensure' }>;

/** Domains: defined, started paused, taps bound, resumed. */
export const libvirtEffects: Effects<'libvirt'> = {
  transport: 'libvirt',
  atomic: false,
  apply: (op, host) => {
    const name = op.do === 'ensure' ? op.domain.name : op.name;
    const before = host.domains[name];
    if (op.do === 'ensure') ensure(op, host);
    else delete host.domains[name];
    return isDeepStrictEqual(host.domains[name], before) ? 'already' : 'done';
  },
  half: (op, host) => {
    if (op.do !== 'ensure' || !op.domain.running || host.domains[op.domain.name]?.state === 'running') return;
    host.domains[op.domain.name] = { ...started(op, host), state: 'paused', bound: {} };
  },
};

function ensure(op: Ensure, host: SimulatedHost): void {
  const { domain, xml } = op;
  const missing = domain.disks.find((disk) => host.files[disk.path] === undefined);
  if (missing) {
    throw new Failure({ code: 'disk-unreadable', class: 'permanent', message: `${missing.path} cannot be read` });
  }
  const old = host.domains[domain.name];
  if (!domain.running) {
    host.domains[domain.name] = { domain, xml, state: 'shut off', boot: 0, bound: {} };
    return;
  }
  const runsOn = old && old.state !== 'shut off' && (!op.restart || isDeepStrictEqual(old.domain, domain));
  const machine = runsOn ? { ...old, domain, xml } : started(op, host);
  const bound = Object.fromEntries(domain.interfaces.map(({ tap, port }) => [tap, port]));
  host.domains[domain.name] = { ...machine, state: 'running', bound };
}

function started({ domain, xml }: Ensure, host: SimulatedHost): SimulatedDomain {
  host.boots += 1;
  return { domain, xml, state: 'running', boot: host.boots, bound: {} };
}
