import type { AccessLink, Domain } from '../../model/resources.ts';
import type { Ref } from '../../model/ref.ts';
import type { ManifestRecord } from '../../model/transport/files.ts';
import type { OvnRow } from '../../model/transport/ovn.ts';
import type { OwnerLabel } from '../../model/owner-label.ts';

/** A domain as the simulated libvirt and Open vSwitch hold it. */
export interface SimulatedDomain {
  domain: Domain;
  /** The XML it was defined with: its mark is read from there, as from the real one. */
  xml: string;
  state: 'running' | 'paused' | 'shut off';
  /** Rises with every power-on. */
  boot: number;
}

/** A link as the kernel and Open vSwitch hold it. */
export interface SimulatedLink {
  link: AccessLink;
  mark: OwnerLabel;
}

/** Everything one simulated host holds. Plain data, so that a world can be written to a file and compared. */
export interface SimulatedHost {
  /** Northbound rows by UUID; only the main host has any. */
  rows: Record<string, OvnRow>;
  records: Record<Ref, ManifestRecord>;
  /** Sizes by path. */
  files: Record<string, number>;
  /** Links by outer interface. */
  links: Record<string, SimulatedLink>;
  domains: Record<string, SimulatedDomain>;
  /** `external_ids` of ports as Open vSwitch holds them, by domain, then by tap. They stay when the domain is gone. */
  ports: Record<string, Record<string, Record<string, string>>>;
  /** Jobs by disk path, then by key: how often each was started. A job's folder is on its guest's disk. */
  jobs: Record<string, Record<string, number>>;
  boots: number;
  /** What names the machine; its name where it is left out. */
  id?: string;
}

/** A host with nothing on it. */
export function emptyHost(): SimulatedHost {
  return { rows: {}, records: {}, files: {}, links: {}, domains: {}, ports: {}, jobs: {}, boots: 0 };
}
