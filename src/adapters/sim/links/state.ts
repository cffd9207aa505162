import type { OwnerLabel } from '../../../model/owner-label.ts';
import type { AccessLink } from '../../../model/resources.ts';

/** A link as the kernel and Open vSwitch hold it. */
export interface SimulatedLink {
  link: AccessLink;
  mark: OwnerLabel;
}

/** The links of a simulated host. */
export interface LinksState {
  /** By outer interface. */
  links: Record<string, SimulatedLink>;
}
