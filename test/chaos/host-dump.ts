import { shellOnHost } from '../support/playground.ts';
import { stateOf } from '../scenarios/support/host-state.ts';
import type { Dump } from './arena.ts';

/** Manifests by content, without what names one boot or one making; readiness is knowledge, no thing. */
const manifests = `find /var/lib/kvm-compose/deployments -name '*.json' 2>/dev/null | sort | while read -r file; do
  echo "$file $(cat "$file")"
done
`;

const runningSections = ['Open vSwitch', 'links', 'namespaces', 'guests of nobody', 'work in progress'];

/** What hosts hold, by their own tools, without what may differ between two worlds that are the same. */
export async function dumpOf(hosts: readonly string[]): Promise<Dump> {
  const states = await stateOf(hosts);
  const records = await Promise.all(hosts.map((host) => shellOnHost(host, manifests)));
  const dump = { lasting: '', running: '' };
  for (const [n, host] of hosts.entries()) {
    let part: keyof Dump = 'lasting';
    for (const line of states[host]!.split('\n')) {
      if (line.startsWith('== ')) part = runningSections.includes(line.slice(3)) ? 'running' : 'lasting';
      if (isReadiness(line) || isStopMark(line) || /^[0-9a-f]{64} /.test(line)) continue;
      const state = /^-- \S+: .*/.test(line) ? line : undefined;
      if (state) dump.running += `${host}: ${canonical(state)}\n`;
      else dump[part] += `${host}: ${canonical(line)}\n`;
    }
    for (const line of records[n]!.split('\n')) if (!isReadiness(line)) dump.lasting += `${host}: ${canonical(line)}\n`;
  }
  return dump;
}

function isReadiness(line: string): boolean {
  return line.includes('guest.ready');
}

/** Keeps work from starting whose request may still be on its way; the runner removes it when it is old. */
function isStopMark(line: string): boolean {
  return /^\/run\/kvm-compose\/exec\/\w+\.stop$/.test(line);
}

function canonical(line: string): string {
  return line
    .replace(/, process \d+/, ', process')
    .replace(/"boot":"[^"]*",?/, '')
    .replace(/"generation":\d+,?/, '')
    .replace(/kvm-compose-(generation|hash)=[^,}]*/g, '')
    .replace(/<uuid>.*<\/uuid>/, '<uuid/>')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID');
}
