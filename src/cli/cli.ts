import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Globals } from './globals.ts';
import type { CliWorld } from './world.ts';

/** What a command file gets to hang its command on. */
export interface Cli {
  readonly program: CommandUnknownOpts;
  readonly world: CliWorld;
  /** The global options, decided; call it inside an action. */
  readonly globals: () => Globals;
  /** Makes an action of a function that gives an exit code. */
  readonly action: <A extends unknown[]>(run: (...args: A) => Promise<number>) => (...args: A) => Promise<void>;
}
