import { basename, dirname, resolve } from 'node:path';
import type { Globals } from './globals.ts';
import { usage } from './usage.ts';
import type { CliWorld } from './world.ts';

/** Which deployment a command is about, and where its file is. */
export interface ProjectPlace {
  readonly deployment: string;
  /** Absolute. */
  readonly folder: string;
  readonly file: string;
  /** Absolute. */
  readonly hostsFile?: string;
}

const defaultFile = 'kvm-compose.yaml';
const nameRule = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Finds the project: the file given or in the working directory, its deployment named after its folder. */
export function placeOf(globals: Globals, world: Pick<CliWorld, 'cwd'>, named = '--project-name'): ProjectPlace {
  const path = resolve(world.cwd, globals.input ?? defaultFile);
  const folder = dirname(path);
  const given = globals.projectName ?? basename(folder);
  return {
    deployment: checked(
      given.replace(/[(),".;:' ]/g, '-'),
      given,
      globals.projectName === undefined ? undefined : named,
    ),
    folder,
    file: basename(path),
    ...hostsFileOf(globals, world),
  };
}

/** The hosts file that was given, absolute. */
export function hostsFileOf(globals: Globals, world: Pick<CliWorld, 'cwd'>): Pick<ProjectPlace, 'hostsFile'> {
  return globals.hosts === undefined ? {} : { hostsFile: resolve(world.cwd, globals.hosts) };
}

function checked(name: string, given: string, chosen: string | undefined): string {
  if (nameRule.test(name)) return name;
  const from = chosen ?? "the folder's name";
  const hint = 'names have 1 to 63 letters, digits, dots, underscores and hyphens and begin with a letter or digit';
  throw usage(
    `${JSON.stringify(given)}, from ${from}, cannot name a deployment`,
    chosen !== undefined ? hint : `${hint}; give --project-name`,
  );
}
