import { type OvsInterface, parseInterfaces } from '../../host/ovs-interfaces.ts';
import type { OvsdbResult } from '../../host/ovsdb.ts';

/** What a host told about its domains and the interfaces on its bridges. */
export interface Told {
  /** State by domain name, in virsh's words. */
  readonly domains: ReadonlyMap<string, string>;
  /** Rows by interface name. */
  readonly interfaces: ReadonlyMap<string, OvsInterface>;
}

/** Reads the lines of the script's `tell`; undefined when the host could not tell. */
export function parseTold(stdout: string): Told | undefined {
  const domains = new Map<string, string>();
  let interfaces: Told['interfaces'] | undefined;
  for (const line of stdout.split('\n')) {
    const domain = /^domain (\S+) (.*)$/.exec(line);
    if (domain) domains.set(domain[1]!, domain[2]!);
    if (line.startsWith('interfaces [')) {
      const [result] = JSON.parse(line.slice('interfaces '.length)) as OvsdbResult[];
      interfaces = parseInterfaces(result);
    }
  }
  return interfaces && { domains, interfaces };
}
