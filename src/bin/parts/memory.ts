import type { EventLog } from '../../ports/events.ts';
import type { Forgetful, Store } from '../../ports/store.ts';

/** Store and events, those of them that grow, and what closes both. */
export interface Memory {
  readonly store: Store;
  readonly events: EventLog;
  readonly forgetful: readonly Forgetful[];
  close(): Promise<void>;
}
