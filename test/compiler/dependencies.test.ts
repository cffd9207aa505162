import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { GuestReady } from '../../src/model/resources.ts';
import { compileText } from './golden-text.ts';

const fixtures = resolve(import.meta.dirname, '../fixtures/projects');
const desiredOf = (name: string) => compileText(readFileSync(resolve(fixtures, `${name}.yaml`), 'utf8')).desired!;
const readiness = (name: string) =>
  new Map(desiredOf(name).flatMap((each) => (each.kind === 'guest.ready' ? [[each.guest!, each.after] as const] : [])));

test('a guest waits for what its machine depends on, for all clones of a scaled one, for each once', () => {
  const after = readiness('valid-depends');
  const own = (guest: string): GuestReady['after'] => after.get(guest);
  expect(own('db')).toBeUndefined();
  const name = own('web')![0]!.ref.replace('guest.ready:', '').replace(/-db$/, '');
  expect(own('web')).toEqual([
    { ref: `guest.ready:${name}-db` },
    { ref: `guest.ready:${name}-node-0`, started: true },
    { ref: `guest.ready:${name}-node-1` },
    { ref: `guest.ready:${name}-node-2`, started: true },
  ]);
  expect(own('node-2')).toEqual([{ ref: `guest.ready:${name}-db` }]);
});

test('the older format knows it too', () => {
  expect([...readiness('valid-depends-older-format')].filter(([, after]) => after !== undefined)).toHaveLength(1);
});

test('every domain that shall run has a readiness that resumes it', () => {
  for (const example of ['valid-depends', 'valid-depends-older-format']) {
    const desired = desiredOf(example);
    const ready = new Set(desired.flatMap((each) => (each.kind === 'guest.ready' ? [each.domain] : [])));
    for (const each of desired) if (each.kind === 'libvirt.domain' && each.running) expect(ready).toContain(each.name);
  }
});
