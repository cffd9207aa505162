import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Lines wait this long for company: one write for a burst, and far below what an eye or a budget notices. */
const batchMs = 3;
/** With a disk this far behind, further lines are dropped rather than kept in memory. */
const backlogLimit = 32 * 1024 * 1024;

/** Appends lines to one file in order, in bursts. */
export interface LineWriter {
  append(lines: string): Promise<void>;
  flush(): Promise<void>;
}

/** `onWritten` is called after each write, so that followers in this process need not wait for the file system. */
export function lineWriter(path: string, onWritten: () => void): LineWriter {
  let waiting = '';
  let next: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  let clean = false;

  const write = async (): Promise<void> => {
    const text = waiting;
    waiting = '';
    next = undefined;
    try {
      await appendTo(path, text, !clean);
      clean = true;
    } catch (error) {
      // Half of it may be in the file.
      clean = false;
      throw error;
    }
    onWritten();
  };
  const later = (): Promise<void> => {
    const before = last;
    const turn = new Promise<void>((resolve) => setTimeout(resolve, batchMs));
    const written = Promise.allSettled([before, turn]).then(write);
    last = written.catch(() => undefined);
    return written;
  };
  return {
    append(lines) {
      if (waiting.length > backlogLimit) return Promise.reject(new Error(`${path} cannot be written fast enough`));
      waiting += lines;
      next ??= later();
      return next;
    },
    flush: () => last,
  };
}

async function appendTo(path: string, text: string, checkEnd: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'a+', 0o600);
  try {
    const repair = checkEnd && !(await endsWithNewline(file));
    // A line that a killed writer left half-written is ended, never cut: it keeps its number, and nobody loses a byte.
    await file.appendFile(repair ? `\n${text}` : text);
  } finally {
    await file.close();
  }
}

async function endsWithNewline(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}
