import type { RunId, RunInfo, Runs } from '../client/runs.ts';
import { Failure } from '../model/failure.ts';

/** `<deployment>/<run id>`. */
export function nameOf({ deployment, run }: RunId): string {
  return `${deployment}/${run}`;
}

/** A run by its name, or the current or last one of a deployment. */
export function splitRun(name: string): [deployment: string, run?: string] {
  const slash = name.indexOf('/');
  return slash < 0 ? [name] : [name.slice(0, slash), name.slice(slash + 1)];
}

/** The run of that name, if it has not ended. Throws Failure `no-such-run`. */
export async function findRunning(runs: Runs, name: string): Promise<RunInfo> {
  const found = await runs.find(...splitRun(name));
  if (found.status === 'running') return found;
  const when = found.endedAt === undefined ? '' : ` since ${found.endedAt}`;
  const message = `${found.command} of ${found.deployment} is over${when} (${found.status})`;
  throw new Failure({ code: 'no-such-run', class: 'permanent', message, object: nameOf(found) });
}
