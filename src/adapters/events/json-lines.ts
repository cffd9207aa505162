import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { EventLog, NumberedEvent } from '../../ports/events.ts';
import type { Forgetful } from '../../ports/store.ts';
import { followBy } from './follow.ts';
import { eventOf, lineOf } from './line.ts';
import { type LineReader, lineReader } from './reader.ts';
import { type ScriptLines, scriptLines } from './script-lines.ts';
import { folderWatcher } from './watcher.ts';
import { type LineWriter, lineWriter } from './writer.ts';

/** Files whose places are remembered. */
const rememberedFiles = 200;

/**
 * One file of JSON lines per run; an event's number is its line's. One process writes a run, any number read it: they
 * see only complete lines, so what a killed writer left half-written never gets a number twice.
 */
export function openEventLog(folder: string): EventLog & Forgetful {
  const watcher = folderWatcher(folder);
  const nameOf = (run: string): string => `${encodeURIComponent(run).replace(/^\./, '%2E')}.jsonl`;
  const writers = remembering<LineWriter>((name) => lineWriter(join(folder, name), () => watcher.touch(name)));
  const readers = remembering<LineReader>((name) => lineReader(join(folder, name)));
  const scripts = remembering<ScriptLines>((name) => scriptLines(join(folder, name)));
  const read = async (run: string, after: number, limit: number): Promise<NumberedEvent[]> => {
    const lines = await readers.get(nameOf(run)).read(after, limit);
    return lines.map(({ seq, line }) => eventOf(line, seq));
  };
  return {
    read,
    lastScriptLine: (run, guest, script) => scripts.get(nameOf(run)).last(guest, script),
    append: (run, events) => writers.get(nameOf(run)).append(events.map(lineOf).join('')),
    async flush() {
      await Promise.all(writers.all().map((writer) => writer.flush()));
    },
    follow(run, after, signal) {
      const name = nameOf(run);
      const growth = {
        changes: () => watcher.changes(name),
        changed: (since: number) => watcher.changed(name, since, signal),
      };
      return followBy(read, growth, run, after, signal);
    },
    dropBefore: (moment, { runs }) => dropFiles(folder, moment, new Set([...runs].map(nameOf))),
  };
}

async function dropFiles(folder: string, moment: Date, keep: ReadonlySet<string>): Promise<number> {
  let dropped = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.jsonl') || keep.has(name)) continue;
    const path = join(folder, name);
    const there = await stat(path).catch(() => undefined);
    if (!there || there.mtime >= moment) continue;
    await unlink(path);
    dropped += 1;
  }
  return dropped;
}

/** Makes one of each when first asked for; forgets the one that was not asked for longest. */
function remembering<T>(make: (name: string) => T): { get(name: string): T; all(): T[] } {
  const known = new Map<string, T>();
  return {
    all: () => [...known.values()],
    get(name) {
      const one = known.get(name) ?? make(name);
      known.delete(name);
      known.set(name, one);
      const [oldest] = known.keys();
      if (known.size > rememberedFiles && oldest !== undefined) known.delete(oldest);
      return one;
    },
  };
}
