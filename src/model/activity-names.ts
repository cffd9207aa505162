import type { TransportName } from './kind.ts';
import { transports } from './transport/table.ts';

/** The activity type that does or rolls back a batch: `ensure domains`, `undo domains`. */
export function activityName(verb: 'do' | 'undo', transport: TransportName): string {
  return `${verb === 'do' ? 'ensure' : 'undo'} ${transports[transport].noun}`;
}

/** All activity types that take a batch, for the worker to register. */
export const batchActivityNames: readonly string[] = (['do', 'undo'] as const).flatMap((verb) =>
  (Object.keys(transports) as TransportName[]).map((transport) => activityName(verb, transport)),
);
