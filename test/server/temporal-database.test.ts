import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { Failure } from '../../src/model/failure.ts';
import { temporalDatabase } from '../../src/server/temporal-database.ts';

let home: string;
const say = vi.fn<(text: string) => void>();

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kc-database-'));
  say.mockClear();
});

afterEach(() => rmSync(home, { recursive: true }));

function files(): Record<string, string> {
  return Object.fromEntries(readdirSync(home).map((name) => [name, readFileSync(join(home, name), 'utf8')]));
}

function write(...names: readonly string[]): void {
  for (const name of names) writeFileSync(join(home, name), name);
}

const old = ['temporal-1.29.1.db', 'temporal-1.29.1.db-wal', 'temporal-1.29.1.db-shm'] as const;
const renamed = {
  'temporal.db': 'temporal-1.29.1.db',
  'temporal.db-wal': 'temporal-1.29.1.db-wal',
  'temporal.db-shm': 'temporal-1.29.1.db-shm',
};

describe("Temporal's database", () => {
  test('has a name that no version changes', () => {
    expect(temporalDatabase(home, say)).toBe(join(home, 'temporal.db'));
    write('temporal.db');
    expect(temporalDatabase(home, say)).toBe(join(home, 'temporal.db'));
    expect(say).not.toHaveBeenCalled();
  });

  test('of an earlier release is renamed once, with what was not merged into it yet', () => {
    write(...old);
    expect(temporalDatabase(home, say)).toBe(join(home, 'temporal.db'));
    expect(files()).toEqual(renamed);
    expect(say).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('temporal-1.29.1.db'));
    temporalDatabase(home, say);
    expect(files()).toEqual(renamed);
    expect(say).toHaveBeenCalledOnce();
  });

  test.each([1, 2])('whose renaming was broken off after %i files is renamed to the end', (count) => {
    write(...old);
    for (const suffix of ['-wal', '-shm'].slice(0, count)) {
      renameSync(join(home, `${old[0]}${suffix}`), join(home, `temporal.db${suffix}`));
    }
    temporalDatabase(home, say);
    expect(files()).toEqual(renamed);
  });

  test.each([[['temporal.db', 'temporal-1.29.1.db']], [['temporal-1.28.0.db', 'temporal-1.29.1.db']]])(
    'is not chosen among %j: both are named, and nothing is touched',
    (names) => {
      write(...names);
      const before = files();
      expect(() => temporalDatabase(home, say)).toThrow(Failure);
      try {
        temporalDatabase(home, say);
      } catch (error) {
        const { code, message, hint } = (error as Failure).data;
        expect(code).toBe('temporal-database');
        for (const name of names) expect(message).toContain(name);
        expect(hint).toContain('move the others away');
      }
      expect(files()).toEqual(before);
    },
  );
});
