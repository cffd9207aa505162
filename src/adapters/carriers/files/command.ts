import { createHash } from 'node:crypto';
import { basename, dirname, extname } from 'node:path';

import type { FilesOp } from '../../../model/transport/files.ts';
import { manifestPath } from '../../host/manifest.ts';
import { type Placed, levelsOf } from './levels.ts';
import type { CarrierItem } from '../../../ports/carrier.ts';
import { quoteArgv } from '../../runner/quote.ts';
import { inLanes, itemCall } from '../items.ts';
import { fileFunctions } from './script.ts';

/** qemu-img and genisoimage at the same time; they wait for the disk as much as for a processor. */
const lanes = 6;

/** Name of an image in the host's cache. */
export function cacheName(sha256: string, format: string): string {
  return `${sha256}.${format}`;
}

/** The script that brings items about, level after level, each level in a few lanes. */
export function filesScript(items: readonly CarrierItem<FilesOp>[], deployment: string, key: string): string {
  const work = createHash('sha256').update(key).digest('hex').slice(0, 24);
  const levels = levelsOf(items).map((level) => levelText(level, deployment));
  return [fileFunctions(work), 'begin', ...levels, emptied(items), 'finish', ''].join('\n');
}

/** Folders below a deployment's go when nothing is left in them; once for all that was in them. */
function emptied(items: readonly CarrierItem<FilesOp>[]): string {
  const folders = new Set(items.flatMap(({ op }) => (op.do === 'remove' && !op.folder ? [dirname(op.path)] : [])));
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
      return ['link_image', ...front, cacheName(make.image.sha256, make.format)];
    case 'overlay':
    case 'copy':
      return [`make_${make.type}`, ...front, make.base, make.baseFormat, String(make.expandGiB)];
    case 'seed':
      return ['make_seed', ...front, `seed.${index}`];
  }
}

function removal({ folder, path, deployment, ref }: Extract<FilesOp, { do: 'remove' }>): string[] {
  if (folder) return ['remove_folder', path];
  const front = [path, manifestPath(deployment, ref)];
  // An image in a deployment's folder has the first digits of its hash as its name.
  return ref.startsWith('push:') ? ['remove_push', ...front, basename(path, extname(path))] : ['remove_file', ...front];
}
