import { eventCodes } from '../messages/registry.ts';
import type { RunEvent } from '../workflows/contract.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { emitterFor } from './activity-context.ts';

/** Puts into the run's log what only the workflow knows: it cannot write itself. */
export async function tell({ events, now }: ActivityPorts, { code, ...rest }: RunEvent): Promise<void> {
  emitterFor(events, now)({ type: 'event', level: eventCodes[code].level, code, ...rest });
  await events.flush();
}
