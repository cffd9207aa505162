import { fromOvsdb, type OvsdbResult } from '../ovn/ovsdb.ts';

/** What a host told about its domains and the interfaces on its bridges. */
export interface Told {
  /** State by domain name, in virsh's words. */
  readonly domains: ReadonlyMap<string, string>;
  /** `external_ids` by interface name. */
  readonly interfaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Reads the lines of the script's `tell`; undefined when the host could not tell. */
export function parseTold(stdout: string): Told | undefined {
  const domains = new Map<string, string>();
  let interfaces: Told['interfaces'] | undefined;
  for (const line of stdout.split('\n')) {
    const domain = /^domain (\S+) (.*)$/.exec(line);
    if (domain) domains.set(domain[1]!, domain[2]!);
    if (line.startsWith('interfaces [')) interfaces = interfacesOf(line.slice('interfaces '.length));
  }
  return interfaces && { domains, interfaces };
}

function interfacesOf(json: string): Told['interfaces'] {
  const [result] = JSON.parse(json) as OvsdbResult[];
  const pairs = (value: unknown): Record<string, string> => fromOvsdb(value) as Record<string, string>;
  return new Map((result?.rows ?? []).map((row) => [row['name'] as string, pairs(row['external_ids'])]));
}
