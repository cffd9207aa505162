import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Arena } from '../chaos/arena.ts';
import { play } from '../chaos/play.ts';
import { simulatedArena } from '../chaos/simulated.ts';
import { buildPrograms } from '../support/server.ts';

let arena: Arena;

beforeAll(async () => {
  await buildPrograms();
  arena = await simulatedArena();
});

afterAll(() => arena.remove());

/** A seed with every victim, a cancel, a down that keeps disks, a start and a rebuild in its first rounds. */
const [seed, rounds] = [41, 4];

test('whoever is killed, runs end truthfully, hosts hold what was asked for or what they held before, and the last purge leaves nothing', async () => {
  const complaints = await play(arena, {
    seed,
    rounds,
    evidence: mkdtempSync(join(tmpdir(), 'kc-chaos-')),
    command: 'npm run chaos -- --simulated',
    say: console.log,
  });
  expect(complaints).toEqual([]);
}, 120_000);
