import type { CliWorld } from './world.ts';
import { usage } from './usage.ts';

/** How progress is shown. */
export const progressModes = ['auto', 'tty', 'plain', 'json', 'quiet'] as const;

/** The name of a way to show progress. */
export type ProgressMode = (typeof progressModes)[number];

/** Options every command takes, as they were given. */
export interface GivenGlobals {
  readonly input?: string | undefined;
  readonly hosts?: string | undefined;
  readonly projectName?: string | undefined;
  readonly format?: string | undefined;
  readonly progress?: string | undefined;
  readonly verbose?: boolean | undefined;
  readonly color?: boolean | undefined;
}

/** The same, decided: flag before environment before default. */
export interface Globals {
  readonly input: string | undefined;
  readonly hosts: string | undefined;
  readonly projectName: string | undefined;
  readonly format: string | undefined;
  readonly progress: Exclude<ProgressMode, 'auto'>;
  readonly color: boolean;
  readonly verbose: boolean;
}

/** Decides every global option, and says where each came from when asked to. */
export function decideGlobals(given: GivenGlobals, world: CliWorld): Globals {
  const verbose = given.verbose === true;
  const pick = (flag: string, value: string | undefined, variable: string): string | undefined => {
    const fromEnv = world.env[variable] || undefined;
    const chosen = value ?? fromEnv;
    if (verbose && chosen !== undefined) {
      world.stderr.write(`${flag} is ${chosen}, from ${value === undefined ? variable : 'the command line'}\n`);
    }
    return chosen;
  };
  return {
    input: pick('--input', given.input, 'KVM_COMPOSE_INPUT'),
    hosts: pick('--hosts', given.hosts, 'KVM_COMPOSE_HOSTS'),
    projectName: pick('--project-name', given.projectName, 'KVM_COMPOSE_PROJECT_NAME'),
    format: pick('--format', given.format, 'KVM_COMPOSE_FORMAT'),
    progress: progressMode(pick('--progress', given.progress, 'KVM_COMPOSE_PROGRESS') ?? 'auto', world),
    color: given.color !== false && !world.env['NO_COLOR'] && world.stderr.isTTY && world.env['TERM'] !== 'dumb',
    verbose,
  };
}

function progressMode(mode: string, world: CliWorld): Globals['progress'] {
  const known = progressModes.find((each) => each === mode);
  if (known === undefined) throw usage(`--progress ${mode}: it must be one of ${progressModes.join(', ')}`);
  if (known !== 'auto') return known;
  return world.stderr.isTTY && !world.env['CI'] && world.env['TERM'] !== 'dumb' ? 'tty' : 'plain';
}

/** The output format of a command, checked against what it can do. */
export function formatOf<T extends string>({ format }: Globals, known: readonly [T, ...T[]]): T {
  if (format === undefined) return known[0];
  const found = known.find((each) => each === format);
  if (found === undefined) throw usage(`--format ${format}: this command knows ${known.join(', ')}`);
  return found;
}
