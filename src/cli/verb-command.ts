import type { VerbName } from '../model/request.ts';
import type { Globals } from './globals.ts';
import { placeOf } from './project-place.ts';
import { runToEnd, startDetached } from './run-command.ts';
import { secondsOf } from './seconds.ts';
import { usage } from './usage.ts';
import type { CliWorld } from './world.ts';

/** What a verb's command line gave beside the guests. */
export interface VerbOptions {
  readonly force?: boolean | undefined;
  readonly timeout?: string | undefined;
  readonly script?: string | undefined;
  readonly lose?: boolean | undefined;
  readonly detach?: boolean | undefined;
}

/** Asks a verb of guests, by names and globs; of all of them where none is named. */
export async function runVerb(
  world: CliWorld,
  globals: Globals,
  verb: VerbName,
  guests: readonly string[],
  { force, timeout, script, lose, detach }: VerbOptions,
): Promise<number> {
  if (force && timeout !== undefined) throw usage('--force powers off at once, --timeout waits: give one of them');
  const stopSeconds = force ? 0 : timeout === undefined ? undefined : secondsOf('--timeout', timeout);
  const start = {
    operation: verb,
    id: world.newId(),
    asked: {
      ...placeOf(globals, world),
      guests: guests.length === 0 ? ['*'] : [...guests],
      options: {
        ...(stopSeconds === undefined ? {} : { stopSeconds }),
        ...(script === undefined ? {} : { script }),
        ...(lose ? { lose } : {}),
      },
      follow: detach !== true,
    },
  } as const;
  return detach ? startDetached(world, start) : runToEnd(world, globals, start, verb);
}
