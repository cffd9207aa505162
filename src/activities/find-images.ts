import type { CompileFacts } from '../compiler/facts.ts';
import { failureOf } from '../model/failure.ts';
import type { ImagePin, ImageToPull } from '../model/image.ts';
import type { EmitEvent } from '../ports/events.ts';
import type { ImageFile, Pulled } from '../ports/project.ts';
import { parseImageLock } from '../spec/image-lock.ts';
import { encodeImageLock, imageLockName } from '../state/image-lock.ts';
import { folderFiles } from '../state/project-folder.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { refuseErrors } from './load-project.ts';

/** How images are looked for. */
export interface Looking {
  /** Given by `up` alone: what is not in the server's cache is pulled, and told of here. */
  readonly pull?: EmitEvent;
  /** What is wrong with an image counts as if it were not there. */
  readonly tolerant?: boolean;
}

type Found = CompileFacts['images'];

/** Images by name of the catalogue, as the lock file beside the project pins them. */
export async function findImages(
  ports: ActivityPorts,
  folder: string,
  names: readonly string[],
  { pull, tolerant = false }: Looking,
  signal: AbortSignal,
): Promise<Found> {
  if (names.length === 0) return new Map();
  const pins = await readPins(ports, folder).catch((error: unknown) => {
    if (tolerant) return new Map<string, ImagePin>();
    throw error;
  });
  const found = await Promise.all(
    names.map(async (name) => {
      const image = ports.images.resolve(name, pins.get(name));
      return [name, await (tolerant ? image.catch(() => undefined) : image)] as const;
    }),
  );
  if (!pull) return new Map(found);
  const missing = found.flatMap(([, image]) => (image && 'toPull' in image ? image : []));
  return new Map([...found, ...(await pullAll(ports, folder, missing, pull, signal))]);
}

/** Images that are not pulled yet, of everything that was found. */
export function imagesToPull(found: Found): readonly ImageToPull[] {
  return [...found.values()].flatMap((image) => (image && 'toPull' in image ? image : []));
}

/** Pulls all at once. What came is pinned even where another could not be had. */
async function pullAll(
  ports: ActivityPorts,
  folder: string,
  wanted: readonly ImageToPull[],
  emit: EmitEvent,
  signal: AbortSignal,
): Promise<readonly (readonly [string, ImageFile])[]> {
  const pulled = await Promise.allSettled(wanted.map((image) => pullOne(ports, image, emit, signal)));
  const came = pulled.flatMap((each, n) =>
    each.status === 'fulfilled' ? [[wanted[n]!.name, each.value] as const] : [],
  );
  await keepPins(ports, folder, came, emit);
  const failed = pulled.find((each) => each.status === 'rejected');
  if (failed) throw failed.reason;
  return came.map(([name, { image }]) => [name, image] as const);
}

async function pullOne(
  ports: ActivityPorts,
  wanted: ImageToPull,
  emit: EmitEvent,
  signal: AbortSignal,
): Promise<Pulled> {
  const { name, url } = wanted;
  const say = (text: string, data: Readonly<Record<string, string | number>>): void =>
    emit({ type: 'progress', level: 'info', code: 'pull-progress', text, data: { name, ...data } });
  say(`image ${name}: fetching ${url}`, { received: 0 });
  const pulled = await ports.images.pull(wanted, signal, ({ received, size }) => {
    const of = size === undefined ? '' : ` of ${mebibytes(size)}`;
    say(`image ${name}: ${mebibytes(received)}${of} MiB`, { received, ...(size === undefined ? {} : { size }) });
  });
  const { sha256, size } = pulled.image;
  const text = `image ${name}: ${mebibytes(size)} MiB, SHA-256 ${sha256}${pulled.pin ? `, pinned from ${pulled.pin.list}` : ''}`;
  emit({ type: 'event', level: 'info', code: 'image-pulled', text, data: { name, sha256 } });
  return pulled;
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

/** Pins of the lock file; none where there is no such file. Throws Failure `invalid-project` with the place. */
async function readPins(ports: ActivityPorts, folder: string): Promise<ReadonlyMap<string, ImagePin>> {
  const text = await folderFiles(ports.files, folder).read(imageLockName);
  if (text === undefined) return new Map();
  const { pins, diagnostics } = parseImageLock(text, imageLockName);
  refuseErrors(diagnostics, { preflight: false, warnings: false });
  return pins!;
}

/** Where the folder cannot be written to, `up` goes on: the next one reads the list again. */
async function keepPins(
  ports: ActivityPorts,
  folder: string,
  came: readonly (readonly [string, Pulled])[],
  emit: EmitEvent,
): Promise<void> {
  const pinned = ports.now().toISOString().slice(0, 10);
  const fresh = came.flatMap(([name, { pin }]) => (pin ? [[name, { ...pin, pinned }] as const] : []));
  if (fresh.length === 0) return;
  try {
    // Read again: another deployment of this folder may have pinned meanwhile, and what is pinned stays.
    const pins = new Map([...fresh, ...(await readPins(ports, folder))]);
    await folderFiles(ports.files, folder).write(imageLockName, encodeImageLock(pins));
  } catch (error) {
    const text = `${imageLockName} cannot be written, so nothing pins what was pulled: ${failureOf(error).message}`;
    emit({ type: 'event', level: 'warn', code: 'lock-unwritten', text });
  }
}
