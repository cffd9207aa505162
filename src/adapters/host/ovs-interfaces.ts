import { fromOvsdb, type OvsdbResult } from './ovsdb.ts';

/** A row of Open vSwitch's Interface table. */
export interface OvsInterface {
  readonly externalIds: Readonly<Record<string, string>>;
  /**
   * It was added for a device that is gone, even if there is one of its name again: a userspace datapath goes on reading
   * the old one, without an error, and OVN takes the port for installed.
   */
  readonly isDead: boolean;
}

/** Where we write down which device a port was added for. */
export const ifindexKey = 'kvm-compose-ifindex';

/** The question for it, as part of a transaction. */
export const selectInterfaces =
  '{"op":"select","table":"Interface","where":[],"columns":["name","ifindex","external_ids"]}';

/** The rows by interface name. */
export function parseInterfaces(result: OvsdbResult | undefined): ReadonlyMap<string, OvsInterface> {
  return new Map(
    (result?.rows ?? []).map((row) => {
      const externalIds = fromOvsdb(row['external_ids']) as Record<string, string>;
      const addedFor = externalIds[ifindexKey];
      const { ifindex } = row;
      const isDead = addedFor !== undefined && typeof ifindex === 'number' && addedFor !== String(ifindex);
      return [String(row['name']), { externalIds, isDead }] as const;
    }),
  );
}
