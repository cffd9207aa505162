import { basename, resolve } from 'node:path';
import { compile, type Compiled } from '../compiler/compile.ts';
import { type CompileFacts, noFacts } from '../compiler/facts.ts';
import { wantsOf } from '../compiler/wants.ts';
import type { EditedText } from '../model/artefacts.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Inventory } from '../model/host.ts';
import type { Testbed } from '../model/testbed.ts';
import { localInventory, parseInventory } from '../spec/inventory.ts';
import { parseProject } from '../spec/parse-project.ts';
import { folderFiles, readProjectState } from '../state/project-folder.ts';
import type { ProjectPlace } from './project-place.ts';
import { readProjectText } from './project-text.ts';
import { reportFindings } from './report-findings.ts';
import type { CliWorld } from './world.ts';

/** Everything that can be said about a project without asking any host. */
export interface Findings {
  readonly diagnostics: readonly Diagnostic[];
  /** By name as diagnostics show it. */
  readonly texts: ReadonlyMap<string, string>;
  /** Undefined when the file or the hosts file is wrong. */
  readonly testbed?: Testbed;
  readonly compiled?: Compiled;
  readonly inventory?: Inventory;
}

/** How closely to look. */
interface Look {
  /** Ask this terminal's image catalogue. */
  readonly images: boolean;
  /** Read what files hold: without it, only what is missing is said. */
  readonly contents?: boolean;
  /** Edited texts to compile with, instead of those that are there. */
  readonly edited?: ReadonlyMap<string, EditedText>;
}

/** Reads, parses and compiles a project here, with nothing known of the hosts. Throws Failure `file-missing`. */
export async function checkProject(world: CliWorld, place: ProjectPlace, look: Look): Promise<Findings> {
  const { text, included, environment, diagnostics: before, texts: own } = await readProjectText(world, place);
  const texts = new Map(own);
  const read = async (path: string, shown: string): Promise<string> => {
    const found = await world.readText(path);
    texts.set(shown, found);
    return found;
  };
  const { file, deployment, hostsFile } = place;
  const project = parseProject(text, { file, deployment, environment, included });
  const hosts =
    hostsFile === undefined
      ? { inventory: localInventory, diagnostics: [] }
      : parseInventory(await read(hostsFile, basename(hostsFile)), basename(hostsFile));
  const diagnostics = [...before, ...project.diagnostics, ...hosts.diagnostics];
  const { testbed } = project;
  const { inventory } = hosts;
  if (!testbed || !inventory) return { diagnostics, texts };
  const compiled = compile(testbed, inventory, await factsHere(world, place, testbed, look));
  return { diagnostics: [...diagnostics, ...compiled.diagnostics], texts, testbed, compiled, inventory };
}

async function factsHere(
  world: CliWorld,
  { folder, deployment }: ProjectPlace,
  testbed: Testbed,
  look: Look,
): Promise<CompileFacts> {
  const wants = wantsOf(testbed);
  const files = await world.projectFiles();
  const state = await readProjectState(folderFiles(files, folder), deployment);
  const found = async <T>(paths: readonly string[], find: (path: string) => Promise<T>): Promise<Map<string, T>> =>
    new Map(await Promise.all(paths.map(async (path) => [path, await find(resolve(folder, path))] as const)));
  const missing = (paths: readonly string[]): Map<string, undefined> =>
    new Map(paths.filter((path) => !world.exists(resolve(folder, path))).map((path) => [path, undefined]));
  const names = look.images && wants.images.length > 0 ? new Set(await world.imageNames()) : new Set(wants.images);
  const unknown = wants.images.filter((name) => !names.has(name)).map((name) => [name, undefined] as const);
  return {
    ...noFacts,
    images: new Map([...unknown, ...missing(wants.disks)]),
    files: look.contents ? await found(wants.files, (path) => files.blob(path)) : missing(wants.files),
    archives: look.contents ? await found(wants.archives, (path) => files.archive(path)) : missing(wants.archives),
    placement: state.placement,
    edited: look.edited ?? state.edited,
  };
}

/** Says what is wrong with a project before a server is asked; true when that is an end of it. */
export async function checkBefore(
  world: CliWorld,
  place: ProjectPlace,
  { strict }: { strict: boolean },
): Promise<boolean> {
  // Which images there are is for the server to say: its catalogue may be another one than this terminal's.
  const findings = await checkProject(world, place, { images: false });
  return reportFindings(world, findings, { format: 'text', strict, preflight: true });
}
