import { artefactsFolder } from '../../model/artefacts.ts';
import type { FolderReport } from '../../state/artefact-folder.ts';

/** What was done with the artefacts: what was left alone by name, the rest by numbers. */
export function renderFolderReport({ written, unchanged, removed, kept }: FolderReport, more?: string): string {
  const lines = kept.map(({ path, why }) => `kept ${path}: ${why}`);
  const counts = [
    [written.length, 'written'],
    [removed.length, 'removed'],
    [unchanged.length, 'unchanged'],
    [kept.length, 'kept'],
  ] as const;
  const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const tail = more === undefined ? '' : `; ${more}`;
  return `${[...lines, `${artefactsFolder}: ${parts.length > 0 ? parts.join(', ') : 'nothing to do'}${tail}`].join('\n')}\n`;
}
