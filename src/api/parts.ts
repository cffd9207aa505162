import type { Runs } from '../client/runs.ts';
import type { EventLog, NumberedEvent } from '../ports/events.ts';
import type { Store } from '../ports/store.ts';

/** What operations work with. */
export interface ApiParts {
  readonly runs: Runs;
  readonly events: EventLog;
  readonly store: Pick<Store, 'deployments'>;
}

/** Who asks, and where what comes before the answer goes. */
export interface Caller {
  /** `ann@laptop`. */
  readonly who: string;
  /** The caller's own name of the request: asking twice under one name starts nothing twice. */
  readonly request: string;
  /** Aborted when the caller has gone. */
  readonly gone: AbortSignal;
  /** Takes an event of a run when the caller has room; false when it does not keep up and was cut off. */
  tell(run: string, event: NumberedEvent): Promise<boolean>;
}
