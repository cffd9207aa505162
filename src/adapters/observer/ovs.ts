import { fromOvsdb, type OvsdbResult } from '../host/ovsdb.ts';
import { type OvsInterface, parseInterfaces } from '../host/ovs-interfaces.ts';
import type { Sections } from './sections.ts';

/** What the host's own Open vSwitch database says. */
export interface OvsAnswer {
  readonly chassis: string;
  /** Rows by interface name. */
  readonly interfaces: ReadonlyMap<string, OvsInterface>;
}

/** Reads the answers to the script's query. */
export function parseOvs(sections: Sections): OvsAnswer {
  const [line] = sections.lines('ovs');
  const [root, interfaces] = line === undefined ? [] : (JSON.parse(line) as OvsdbResult[]);
  const pairs = (value: unknown): Record<string, string> => fromOvsdb(value) as Record<string, string>;
  const own = root?.rows?.[0];
  return {
    chassis: own ? (pairs(own['external_ids'])['system-id'] ?? '') : '',
    interfaces: parseInterfaces(interfaces),
  };
}
