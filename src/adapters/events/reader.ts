import { open } from 'node:fs/promises';
import { isErrno } from '../store/atomic-file.ts';

const newline = 0x0a;
const chunkSize = 256 * 1024;
/** Every so many lines the place in the file is remembered. */
const markEvery = 500;

/** Complete lines of a file with their numbers; a last line without its newline is not there yet. */
export interface LineReader {
  /** Lines after number `after`, at most `limit`. */
  read(after: number, limit: number): Promise<{ readonly seq: number; readonly line: string }[]>;
}

/** Remembers where lines begin, so that reading on costs only what is new. */
export function lineReader(path: string): LineReader {
  /** marks[n] = where line n * markEvery + 1 begins. Lines are only ever added, so marks stay true. */
  const marks = [0];
  /** Where the last read stopped: the usual next one starts there. */
  let cursor = { lines: 0, offset: 0 };

  const placeBefore = (after: number): { lines: number; offset: number } => {
    if (cursor.lines <= after && after - cursor.lines < markEvery) return cursor;
    const label = Math.min(Math.floor(after / markEvery), marks.length - 1);
    return { lines: label * markEvery, offset: marks[label]! };
  };
  return {
    async read(after, limit) {
      const found: { seq: number; line: string }[] = [];
      let { lines, offset } = placeBefore(after);
      await eachLine(path, offset, (line, bytes) => {
        lines += 1;
        offset += bytes;
        if (lines % markEvery === 0) marks[lines / markEvery] = offset;
        if (lines > after) found.push({ seq: lines, line: line.toString('utf8') });
        return found.length < limit;
      });
      cursor = { lines, offset };
      return found;
    },
  };
}

/** Calls back with each complete line from an offset on, until it returns false or the file ends. */
async function eachLine(path: string, from: number, take: (line: Buffer, bytes: number) => boolean): Promise<void> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (!file) return;
  try {
    let rest: Buffer = Buffer.alloc(0);
    let position = from;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkSize), 0, chunkSize, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      const text: Buffer =
        rest.length === 0 ? buffer.subarray(0, bytesRead) : Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      let start = 0;
      for (let end = text.indexOf(newline); end >= 0; end = text.indexOf(newline, start)) {
        if (!take(text.subarray(start, end), end + 1 - start)) return;
        start = end + 1;
      }
      rest = text.subarray(start);
    }
  } finally {
    await file.close();
  }
}
