import { failureOf } from '../../model/failure.ts';
import type { Inventory } from '../../model/host.ts';
import type { DeploymentRecord } from '../../ports/store.ts';
import type { ActivityPorts } from '../activity-ports.ts';
import { loadInventory } from '../load-project.ts';
import { machinesOf } from '../target.ts';
import { lookAt, type Look, type Machine, type Way } from './machines.ts';

/** Everything this installation may have something on, looked at. */
export interface Everywhere extends Look {
  readonly records: readonly DeploymentRecord[];
  /** Hosts files that are remembered and cannot be read any more. */
  readonly unread: readonly { readonly hostsFile: string; readonly reason: string }[];
  /** The machine that a deployment calls by this name; undefined where the name is not known. */
  machineNamed(record: DeploymentRecord, name: string): Machine | undefined;
  /** A hosts file that can be read, and names the machine. */
  hostsFileOf(machine: Machine): string | undefined;
}

/** Hosts of a file; without one it is this machine. */
interface Place {
  readonly hostsFile: string | undefined;
  readonly inventory: Inventory;
}

/**
 * Looks at every machine that any deployment is known to be on, and at the hosts of every hosts file the server has
 * ever worked with; of one deployment only where that is named.
 */
export async function lookEverywhere(
  ports: ActivityPorts,
  given: string | undefined,
  deployment: string | undefined,
  signal: AbortSignal,
): Promise<Everywhere> {
  const records = await ports.store.deployments();
  const { places, unread } = await knownPlaces(ports, records, given);
  const known = new Map<string, readonly Way[]>();
  for (const record of records) known.set(record.name, await machinesOf(ports, record));
  const listed = places.map(({ hostsFile, inventory }) => ({ hostsFile, ways: waysOf(inventory) }));
  const ways = [...listed.flatMap((each) => each.ways), ...[...known.values()].flat()];
  const look = await lookAt(ports, ways, deployment, signal);
  return {
    ...look,
    records,
    unread,
    machineNamed: (record, name) => {
      // What was known when it was last there: a hosts file may give the name to another machine since.
      const its = known.get(record.name)?.find(({ host }) => host.name === name);
      const file = listed.find(({ hostsFile }) => hostsFile === record.hostsFile);
      const way = its ?? file?.ways.find(({ host }) => host.name === name);
      return way && look.machineBehind(way);
    },
    hostsFileOf: (machine) =>
      listed.find((each) => each.ways.some((way) => look.machineBehind(way) === machine))?.hostsFile,
  };
}

function waysOf({ main, hosts }: Inventory): readonly Way[] {
  return hosts.map((host) => ({ host, main: host.name === main }));
}

/** Every hosts file the server has ever worked with, and the given one. */
async function knownPlaces(
  ports: ActivityPorts,
  records: readonly DeploymentRecord[],
  given: string | undefined,
): Promise<{ places: readonly Place[]; unread: Everywhere['unread'] }> {
  const runs = await ports.store.runs();
  const files = [
    ...(given === undefined ? [] : [given]),
    ...records.map((each) => each.hostsFile),
    ...runs.map((each) => each.hostsFile),
  ];
  const places: Place[] = [];
  const unread: { hostsFile: string; reason: string }[] = [];
  for (const hostsFile of files.length === 0 ? [undefined] : new Set(files)) {
    try {
      places.push({ hostsFile, inventory: await inventoryAt(ports, hostsFile) });
    } catch (error) {
      // Who names a file wants it to be read; a remembered one may have moved since.
      if (hostsFile === undefined || hostsFile === given) throw error;
      unread.push({ hostsFile, reason: failureOf(error).message });
    }
  }
  return { places, unread };
}

function inventoryAt(ports: ActivityPorts, hostsFile: string | undefined): Promise<Inventory> {
  return loadInventory(ports, {
    deployment: '',
    folder: '/',
    file: '',
    ...(hostsFile === undefined ? {} : { hostsFile }),
  });
}
