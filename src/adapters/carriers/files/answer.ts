import type { FilesAnswer, ManifestRecord } from '../../../model/transport/files.ts';
import type { Heard } from '../../observer/query.ts';

/** The manifest and what `find` saw. A record that cannot be read is no record: what it was for is made again. */
export function parseFiles({ sections }: Pick<Heard, 'sections'>): FilesAnswer {
  const records = sections.lines('records').flatMap((line) => {
    try {
      return [JSON.parse(line) as ManifestRecord];
    } catch {
      return [];
    }
  });
  const files: Record<string, number> = {};
  for (const line of sections.lines('files')) {
    const found = /^(.) (\d+) (.*)$/.exec(line);
    if (found) files[found[3]!] = found[1] === 'd' ? 0 : Number(found[2]);
  }
  return { records, files };
}
