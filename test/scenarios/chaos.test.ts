import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Arena } from '../chaos/arena.ts';
import { play } from '../chaos/play.ts';
import { realArena } from '../chaos/real.ts';
import { injectedSetting } from './support/product.ts';

let arena: Arena;

beforeAll(async () => {
  arena = await realArena(injectedSetting());
});

afterAll(() => arena.remove());

/** An `up` and a `down` in which processes of the product and of hosts die; `npm run chaos` plays longer. */
const [seed, rounds] = [221, 2];

test('whoever is killed, on hosts too, guests run and scripts ran once, or nothing is left', async () => {
  const complaints = await play(arena, {
    seed,
    rounds,
    evidence: mkdtempSync(join(tmpdir(), 'kc-chaos-')),
    command: 'npm run chaos --',
    say: console.log,
  });
  expect(complaints).toEqual([]);
});
