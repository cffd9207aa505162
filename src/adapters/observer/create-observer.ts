import { randomBytes } from 'node:crypto';

import { Failure } from '../../model/failure.ts';
import type { Accelerator, Host } from '../../model/host.ts';
import type { QueryName } from '../../model/transport/op.ts';
import type { Observer } from '../../ports/carrier.ts';
import type { Runner } from '../../ports/runner.ts';
import { parseFacts } from './facts.ts';
import { parseFiles } from './files.ts';
import { parseLibvirt } from './libvirt.ts';
import { parseLinks } from './links.ts';
import { ovnQuery, parseOvn } from './ovn.ts';
import { parseOvs } from './ovs.ts';
import { observeScript, probeScript } from './script.ts';
import { parseSections, type Sections } from './sections.ts';

/** Of one host with thousands of guests: their XML, rows of all tables, records of all that has no label. */
const mostOutput = 256 * 2 ** 20;

/** Reads a host in one execution. What a host cannot answer makes the whole read fail: unknown is never absent. */
export function createObserver(runner: Runner): Observer {
  return {
    observe: async (host, queries, { deployment }, signal) => {
      const sections = await read(runner, host, queries, deployment, signal);
      const ovs = parseOvs(sections);
      const facts = parseFacts(host, sections, ovs);
      return {
        host: host.name,
        facts: { ...facts, accelerator: facts.accelerator ?? (await probe(runner, host, signal)) },
        ...(queries.includes('ovn') ? { ovn: parseOvn(sections.text('ovn'), deployment) } : {}),
        ...(queries.includes('files') ? { files: parseFiles(sections) } : {}),
        ...(queries.includes('links') ? { links: parseLinks(sections, ovs, deployment) } : {}),
        ...(queries.includes('libvirt') ? { libvirt: parseLibvirt(sections, ovs, deployment) } : {}),
      };
    },
  };
}

async function read(
  runner: Runner,
  host: Host,
  queries: readonly QueryName[],
  deployment: string | undefined,
  signal?: AbortSignal,
): Promise<Sections> {
  const token = randomBytes(8).toString('hex');
  const data = Buffer.from(`${token}\n${deployment ?? ''}\n${queries.join(' ')}\n${ovnQuery(deployment)}\n`);
  const { stdout, stderr } = await runner.run(host, {
    key: `observe/${token}`,
    limit: 'control',
    script: observeScript,
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
