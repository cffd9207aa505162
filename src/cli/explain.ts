import { basename, resolve } from 'node:path';
import type { FailureData } from '../model/failure.ts';
import { printDiagnostics } from '../spec/print-diagnostics.ts';
import { decideGlobals, type GivenGlobals, type Globals } from './globals.ts';
import { placeOf, type ProjectPlace } from './project-place.ts';
import { renderFailure } from './render/failure.ts';
import type { CliWorld } from './world.ts';

/** A failure for people; what is wrong with a file is shown where it stands, if the file is here. */
export async function explainFailure(
  world: CliWorld,
  globals: Globals,
  failure: FailureData,
  about?: string,
): Promise<string> {
  const { diagnostics } = failure;
  if (!diagnostics || diagnostics.length === 0) return renderFailure(failure, globals.color, about);
  const texts = await textsOf(world, globals, new Set(diagnostics.flatMap(({ position }) => position?.file ?? [])));
  // Whatever they are called, they have stopped something.
  return diagnostics
    .map((each) => printDiagnostics([{ ...each, severity: 'error' }], (file) => texts.get(file)))
    .join('');
}

async function textsOf(world: CliWorld, globals: Globals, files: ReadonlySet<string>): Promise<Map<string, string>> {
  const place = placeIfAny(world, globals);
  const texts = new Map<string, string>();
  for (const file of files) {
    const hosts = place?.hostsFile !== undefined && basename(place.hostsFile) === basename(file);
    const path = hosts ? place.hostsFile : resolve(place?.folder ?? world.cwd, file);
    const text = await world.readText(path).catch(() => undefined);
    if (text !== undefined) texts.set(file, text);
  }
  return texts;
}

function placeIfAny(world: CliWorld, globals: Globals): ProjectPlace | undefined {
  try {
    return placeOf(globals, world);
  } catch {
    return undefined;
  }
}

/** Global options for telling what went wrong, even when it is the options that are wrong. */
export function globalsIfAny(given: GivenGlobals, world: CliWorld): Globals {
  try {
    return decideGlobals({ ...given, verbose: false }, world);
  } catch {
    return decideGlobals({ color: given.color }, { ...world, env: {} });
  }
}
