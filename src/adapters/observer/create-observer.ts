import { randomBytes } from 'node:crypto';

import { Failure } from '../../model/failure.ts';
import type { Accelerator, Host } from '../../model/host.ts';
import type { Observer } from '../../ports/carrier.ts';
import type { Runner } from '../../ports/runner.ts';
import type { RealTransports } from '../carriers/transport.ts';
import { parseFacts } from './facts.ts';
import { parseOvs } from './ovs.ts';
import { type ObserveParts, observation, probeScript } from './script.ts';
import { parseSections, type Sections } from './sections.ts';

/** Of one host with thousands of guests: their XML, rows of all tables, records of all that has no label. */
const mostOutput = 256 * 2 ** 20;

/** Reads a host in one execution. What a host cannot answer makes the whole read fail: unknown is never absent. */
export function createObserver(runner: Runner, transports: RealTransports): Observer {
  const tools = [...new Set(Object.values(transports).flatMap((each) => each.tools))];
  return {
    observe: async (host, names, { deployment }, signal) => {
      const queries = new Map(names.map((name) => [name, transports[name].query] as const));
      const sections = await read(runner, host, { queries, tools }, deployment, signal);
      const heard = { sections, ovs: parseOvs(sections), deployment };
      const facts = parseFacts(host, sections, heard.ovs);
      return {
        host: host.name,
        facts: { ...facts, accelerator: facts.accelerator ?? (await probe(runner, host, signal)) },
        ...Object.fromEntries([...queries].map(([name, query]) => [name, query.parse(heard)])),
      };
    },
  };
}

async function read(
  runner: Runner,
  host: Host,
  asked: ObserveParts,
  deployment: string | undefined,
  signal?: AbortSignal,
): Promise<Sections> {
  const token = randomBytes(8).toString('hex');
  const { script, data } = observation(asked, token, deployment);
  const { stdout, stderr } = await runner.run(host, {
    key: `observe/${token}`,
    limit: 'control',
    script,
    data,
    mostOutput,
    ...(signal ? { signal } : {}),
  });
  const sections = parseSections(stdout, token);
  if (sections.whole && sections.failed.length === 0) return sections;
  const what = [...new Set(sections.failed)].join(', ') || 'its state';
  throw new Failure({
    code: 'command-failed',
    class: 'host',
    message: `${host.name} cannot tell about ${what}: ${stderr.trim().split('\n').at(-1) ?? ''}`,
    host: host.name,
    stderr,
    hint: 'are libvirtd, Open vSwitch and, on the main host, OVN central running there?',
  });
}

async function probe(runner: Runner, host: Host, signal?: AbortSignal): Promise<Accelerator> {
  const { stdout } = await runner.run(host, {
    key: 'probe-accelerator',
    limit: 'control',
    script: probeScript,
    ...(signal ? { signal } : {}),
  });
  return stdout.trim() === 'kvm' ? 'kvm' : 'qemu';
}
