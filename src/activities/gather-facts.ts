import type { CompileFacts } from '../compiler/facts.ts';
import { wantsOf } from '../compiler/wants.ts';
import type { Testbed } from '../model/testbed.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { findImages, type Looking } from './find-images.ts';
import { type ProjectPlace, resolvePath } from './load-project.ts';

/** Finds every file and image the project names, by content. What is not there becomes a preflight diagnostic. */
export async function gatherFacts(
  ports: ActivityPorts,
  place: ProjectPlace,
  testbed: Testbed,
  looking: Looking,
  signal: AbortSignal,
): Promise<Pick<CompileFacts, 'images' | 'files' | 'archives'>> {
  const wants = wantsOf(testbed);
  const at = (path: string): string => resolvePath(place.folder, path);
  const table = async <T>(keys: readonly string[], find: (key: string) => Promise<T>): Promise<Map<string, T>> =>
    new Map(await Promise.all(keys.map(async (key) => [key, await find(key)] as const)));
  const [named, existing, files, archives] = await Promise.all([
    findImages(ports, place.folder, wants.images, looking, signal),
    table(wants.disks, (path) => ports.images.existing(at(path))),
    table(wants.files, (path) => ports.files.blob(at(path))),
    table(wants.archives, (path) => ports.files.archive(at(path))),
  ]);
  return { images: new Map([...named, ...existing]), files, archives };
}
