import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventCodes, failureCodes } from '../../src/messages/registry.ts';

const src = resolve(import.meta.dirname, '../../src');

/** Every code written in the sources outside of the project file's own diagnostics, with the file it stands in. */
function codesInSources(): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || /src\/(spec|compiler|messages)\//.test(path)) continue;
    for (const [, code] of readFileSync(path, 'utf8').matchAll(/\bcode: '([a-z-]+)'/g)) found.set(code!, path);
  }
  return found;
}

describe('the registry of codes', () => {
  const registered = new Set([...Object.keys(eventCodes), ...Object.keys(failureCodes)]);

  test('knows every code the product emits or fails with', () => {
    const unknown = [...codesInSources()].filter(([code]) => !registered.has(code));
    expect(unknown).toEqual([]);
  });

  test('says of every code what it means', () => {
    const texts = [...Object.values(eventCodes).map(({ about }) => about), ...Object.values(failureCodes)];
    expect(texts.filter((text) => text.length < 10)).toEqual([]);
  });
});
