import { resolve } from 'node:path';
import type { Diagnostic } from '../model/diagnostic.ts';
import { parseDotenv } from '../spec/dotenv.ts';
import { gatherIncluded } from '../spec/include.ts';
import type { Environment } from '../spec/interpolate.ts';
import { variablesOf } from '../spec/variables.ts';
import type { ProjectPlace } from './project-place.ts';
import type { CliWorld } from './world.ts';

const dotenvName = '.env';

/** A project's texts, and what its variables stand for here. */
export interface ProjectText {
  readonly text: string;
  readonly included: ReadonlyMap<string, string | undefined>;
  /** The terminal's environment, and below it the `.env` file beside the project file. */
  readonly environment: Environment;
  readonly diagnostics: readonly Diagnostic[];
  /** By name as diagnostics show it. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads a project file, what it includes, and `.env`. Throws Failure `file-missing`. */
export async function readProjectText(world: CliWorld, { folder, file }: ProjectPlace): Promise<ProjectText> {
  const readIfThere = (path: string): Promise<string | undefined> =>
    world.readText(resolve(folder, path)).catch(() => undefined);
  const text = await world.readText(resolve(folder, file));
  const dotenv = await readIfThere(dotenvName);
  const { environment: beside, diagnostics } = parseDotenv(dotenv ?? '', dotenvName);
  // `${PWD}` is the project's folder, wherever the terminal is.
  const { PWD: _here, ...environment } = { ...beside, ...world.env };
  const included = await gatherIncluded(text, file, environment, readIfThere);
  const texts = new Map([[file, text], ...(dotenv === undefined ? [] : [[dotenvName, dotenv] as const])]);
  for (const [path, each] of included) if (each !== undefined) texts.set(path, each);
  return { text, included, environment, diagnostics, texts };
}

/**
 * A place with the values of the variables its files refer to, and no others: the server has another environment. They
 * become part of the run's history. Without a file there are none, and the server says so.
 */
export async function withVariables(
  world: CliWorld,
  place: ProjectPlace,
): Promise<ProjectPlace & { readonly variables?: Readonly<Record<string, string>> }> {
  const project = await readProjectText(world, place).catch(() => undefined);
  if (!project) return place;
  const { environment, included, text } = project;
  const names = [text, ...included.values()].flatMap((each) => (each === undefined ? [] : variablesOf(each)));
  const given = names.sort().flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return given.length === 0 ? place : { ...place, variables: Object.fromEntries(given) };
}
