import { failureOf } from '../../model/failure.ts';
import type { Inventory } from '../../model/host.ts';
import type { ActivityPorts } from '../activity-ports.ts';
import { loadInventory } from '../load-project.ts';

/** Hosts to look at, and the file that names them; without one it is this machine. */
export interface Place {
  readonly hostsFile: string | undefined;
  readonly inventory: Inventory;
}

/** Every hosts file the server has ever worked with, and the given one. */
export async function knownPlaces(
  ports: ActivityPorts,
  given: string | undefined,
): Promise<{ places: readonly Place[]; unread: readonly { hostsFile: string; reason: string }[] }> {
  const [deployments, runs] = await Promise.all([ports.store.deployments(), ports.store.runs()]);
  const files = [
    ...deployments.map((each) => each.hostsFile),
    ...(given === undefined ? [] : [given]),
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
