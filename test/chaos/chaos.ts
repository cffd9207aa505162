// `npm run chaos -- --seed 1 --rounds 10 [--only N] [--simulated]`: kills what can be killed while commands run (up, down
// with and without purge, every verb about guests), and looks whether the hosts hold what they should. Real rounds use the
// playground that KVM_COMPOSE_PLAYGROUND names.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ProductSetting } from '../scenarios/support/product.ts';
import { output } from '../support/command.ts';
import { buildPrograms } from '../support/server.ts';
import { play } from './play.ts';
import { realArena } from './real.ts';
import { simulatedArena } from './simulated.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    rounds: { type: 'string', default: '10' },
    only: { type: 'string' },
    simulated: { type: 'boolean', default: false },
    evidence: { type: 'string', default: join(tmpdir(), 'kvm-compose-chaos') },
  },
});

/** Sets up what is missing of the playground, and two hosts. */
async function setUp(): Promise<ProductSetting> {
  const show = { showProgress: true };
  await output('bash', ['playground/install'], show);
  const temporalProgram = await output('bash', ['temporal/install'], show);
  const tinyImage = await output('bash', ['playground/tiny-guest/build'], show);
  await output('playground/playground', ['up', '2'], show);
  const folder = process.env['KVM_COMPOSE_PLAYGROUND'] ?? '/var/tmp/kvm-compose-playground';
  return { temporalProgram, tinyImage, hostsFile: join(folder, 'hosts.yaml') };
}

await buildPrograms();
const arena = await (values.simulated ? simulatedArena() : realArena(await setUp()));
const [seed, rounds] = [Number(values.seed), Number(values.rounds)];
console.log(`seed ${seed}, ${values.only === undefined ? `${rounds} rounds` : `round ${values.only}`}`);
try {
  const complaints = await play(arena, {
    seed,
    rounds,
    ...(values.only === undefined ? {} : { only: Number(values.only) }),
    evidence: values.evidence,
    command: `npm run chaos --${values.simulated ? ' --simulated' : ''}`,
    say: (text) => console.log(text),
  });
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
} finally {
  await arena.remove();
}
