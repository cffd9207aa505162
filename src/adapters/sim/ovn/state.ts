import type { OvnRow } from '../../../model/transport/ovn.ts';

/** What the simulated northbound database holds. */
export interface OvnState {
  /** Rows by UUID; only the main host has any. */
  rows: Record<string, OvnRow>;
}
