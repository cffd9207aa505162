import type { Bundles } from '../ports/bundles.ts';
import type { World } from '../ports/carrier.ts';
import type { EventLog } from '../ports/events.ts';
import type { Images, ProjectFiles } from '../ports/project.ts';
import type { Secrets, Store } from '../ports/store.ts';
import type { CancelRequest } from '../workflows/signals.ts';

/** Everything activities need of the world; the composition root hands in real or simulated parts. */
export interface ActivityPorts {
  readonly world: World;
  readonly store: Store;
  readonly secrets: Secrets;
  readonly events: EventLog;
  readonly files: ProjectFiles;
  readonly images: Images;
  readonly bundles: Bundles;
  /** Asks the Temporal server to cancel the run of the current activity. */
  readonly requestCancel: (workflowId: string, runId: string, request: CancelRequest) => Promise<void>;
  readonly now: () => Date;
}
