import type { TransportName } from '../model/kind.ts';

/** What batches of a transport are called in the Temporal UI. */
const nouns: Record<TransportName, string> = {
  ovn: 'network',
  files: 'files',
  links: 'access links',
  libvirt: 'domains',
  guest: 'guests',
  later: 'unsupported',
};

/** The activity type that does or rolls back a batch: `ensure domains`, `undo domains`. */
export function activityName(verb: 'do' | 'undo', transport: TransportName): string {
  return `${verb === 'do' ? 'ensure' : 'undo'} ${nouns[transport]}`;
}

/** All activity types that take a batch, for the worker to register. */
export const batchActivityNames: readonly string[] = (['do', 'undo'] as const).flatMap((verb) =>
  (Object.keys(nouns) as TransportName[]).map((transport) => activityName(verb, transport)),
);
