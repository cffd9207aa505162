import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';

import { imagesFolder } from '../../../model/host.ts';
import type { Blob, SeedFile } from '../../../model/resources.ts';
import type { FilesOp } from '../../../model/transport/files.ts';
import { manifestPath } from '../../host/manifest.ts';
import { type Placed, levelsOf } from './levels.ts';
import type { CarrierItem, RunContext } from '../../../ports/carrier.ts';
import { quoteArgv } from '../../runner/quote.ts';
import { inLanes, itemCall } from '../items.ts';
import type { Missing } from './push.ts';
import { fileFunctions } from './script.ts';

/** qemu-img and genisoimage at the same time; they wait for the disk as much as for a processor. */
const lanes = 6;

/** Name of an image, or of a large file of seeds (`blob`), in the host's cache. */
function cacheName(sha256: string, format: 'qcow2' | 'raw' | 'blob'): string {
  return `${sha256}.${format}`;
}

/** The script that brings items about, level after level, each level in a few lanes. */
export function filesScript(
  items: readonly CarrierItem<FilesOp>[],
  { deployment, installation, key }: Pick<RunContext, 'deployment' | 'installation' | 'key'>,
): string {
  const work = createHash('sha256').update(key).digest('hex').slice(0, 24);
  const levels = levelsOf(items).map((level) => levelText(level, deployment));
  const whose = quoteArgv(['owned_by', deployment, installation]);
  const texts = [fileFunctions(work), whose, 'begin', ...levels, emptied(items), 'drop_blobs', 'finish'];
  return [...texts, ''].join('\n');
}

/** Folders below a deployment's go when nothing is left in them; once for all that was in them. The one of images stays. */
function emptied(items: readonly CarrierItem<FilesOp>[]): string {
  const folders = new Set(items.flatMap(({ op }) => (op.do === 'remove' && !op.folder ? [dirname(op.path)] : [])));
  folders.delete(imagesFolder);
  return folders.size === 0 ? '' : `${quoteArgv(['rmdir', ...folders])} 2>/dev/null`;
}

function levelText(level: readonly Placed[], deployment: string): string {
  const calls = level.map(({ index, item, needs }) => itemCall(index, needs, wordsOf(index, item.op, deployment)));
  return inLanes(calls, lanes);
}

function wordsOf(index: number, op: FilesOp, deployment: string): string[] {
  if (op.do === 'remove') return removal(op);
  const { make, record } = op;
  const front = [`record.${index}`, manifestPath(record.mark.deployment || deployment, record.ref), make.path];
  switch (make.type) {
    case 'folder':
      return ['make_folder', ...front, make.mode];
    case 'push':
      return ['place_image', ...front, cacheName(make.image.sha256, make.format)];
    case 'overlay':
    case 'copy':
      return [`make_${make.type}`, ...front, make.base, make.baseFormat, String(make.expandGiB)];
    case 'seed':
      return [
        'make_seed',
        ...front,
        `seed.${index}`,
        ...blobsOf(make.files).flatMap(({ name, blob }) => [name, missingFile(blob).name]),
      ];
  }
}

/** What an item takes from the host's cache: an image, or the files of a seed that are too large for the payload. */
export function cachedFor(op: FilesOp): readonly Missing[] {
  if (op.do === 'remove') return [];
  const { make } = op;
  if (make.type === 'push')
    return [{ blob: make.image, name: cacheName(make.image.sha256, make.format), what: 'image' }];
  return make.type === 'seed' ? blobsOf(make.files).map(({ blob }) => missingFile(blob)) : [];
}

function missingFile(blob: Blob): Missing {
  return { blob, name: cacheName(blob.sha256, 'blob'), what: 'file' };
}

function blobsOf(files: readonly SeedFile[]): Extract<SeedFile, { blob: Blob }>[] {
  return files.flatMap((file) => ('blob' in file ? [file] : []));
}

function removal({ folder, path, deployment, ref }: Extract<FilesOp, { do: 'remove' }>): string[] {
  if (folder) return ['remove_folder', path];
  const front = [path, manifestPath(deployment, ref)];
  // The name of an image is its hash, or begins with it.
  const digits = basename(path).slice(0, 12);
  return ref.startsWith('push:') ? ['remove_image', ...front, digits] : ['remove_file', ...front];
}
