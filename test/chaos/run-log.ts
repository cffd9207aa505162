import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const suffix = '.jsonl';

/** Names of the runs that have a log. */
export function runsIn(home: string): string[] {
  const folder = join(home, 'events');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => (name.endsWith(suffix) ? [name.slice(0, -suffix.length)] : []));
}

/** Path of a run's log. */
export function logOf(home: string, run: string): string {
  return join(home, 'events', `${run}${suffix}`);
}

/** Counts the events in a run's log; reads it only when it has grown. */
export function eventCounter(home: string, run: string): () => number {
  let size = -1;
  let count = 0;
  return () => {
    const now = statSync(logOf(home, run)).size;
    if (now !== size) {
      size = now;
      count = readFileSync(logOf(home, run), 'latin1').split('\n').length - 1;
    }
    return count;
  };
}
