// `npm run bench -- up [--guests 20] [--hosts 1] [--pairs 3] [--boot-parallelism N]`: the product against a shell script,
// in one run.
// `npm run bench -- start`: how long the command line takes to answer.
// `npm run bench -- simulated [--guests 2000] [--hosts 50]`: the engine's own time, with hosts that take none.
// `npm run bench -- crash [--real]`: how soon work goes on after a kill, and what a cancel takes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Arena } from '../test/chaos/arena.ts';
import { realArena } from '../test/chaos/real.ts';
import { benchCrash } from './crash.ts';
import { type BenchHost, type Laboratory, writeLaboratory } from './laboratory.ts';
import { benchSimulated } from './simulated.ts';
import { against, median, type ProductRound, productRound, type Round, run, scriptRound } from './measure.ts';

const root = resolve(import.meta.dirname, '..');
const playground = process.env['KVM_COMPOSE_PLAYGROUND'] ?? '/var/tmp/kvm-compose-playground';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    guests: { type: 'string' },
    hosts: { type: 'string' },
    pairs: { type: 'string', default: '3' },
    'boot-parallelism': { type: 'string' },
    real: { type: 'boolean', default: false },
  },
});

/** Sets up what is missing and gives the virtual hosts and the tiny image. */
function setUp(hosts: number): { hosts: BenchHost[]; image: string; temporal: string } {
  const tool = (path: string, ...args: string[]) =>
    execFileSync('bash', [join(root, path), ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }).trim();
  tool('playground/install');
  const temporal = tool('temporal/install');
  const image = tool('playground/tiny-guest/build');
  tool('playground/playground', 'up', String(hosts));
  const text = readFileSync(join(playground, 'hosts.yaml'), 'utf8');
  const list = [...text.matchAll(/^ {2}(\S+): \{ address: ([^,]+),/gm)].map(([, name, address]) => ({
    name: name!,
    address: address!,
  }));
  return { hosts: list.slice(0, hosts), image, temporal };
}

/** Small laboratories on two virtual hosts. */
function realHosts(): Promise<Arena> {
  const { image: tinyImage, temporal: temporalProgram } = setUp(2);
  return realArena({ tinyImage, temporalProgram, hostsFile: join(playground, 'hosts.yaml') });
}

const seconds = (ms: number): string => (ms / 1000).toFixed(2);

/** Seconds of both sides and their ratio, beside what was promised. */
function report(laboratory: Laboratory, product: readonly ProductRound[], script: readonly Round[]): void {
  console.log('\n                   product   script   ratio  target   (seconds, medians of interleaved pairs)');
  const row = (name: string, ...cells: readonly (string | number)[]): void => {
    const shown = cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell).padStart(8));
    console.log(`${name.padEnd(17)}${shown.join(' ')}`);
  };
  const ratios = { running: laboratory.hosts.length === 1 ? 0.4 : 0.95, ready: 0.8, median: 0.5, down: 1 } as const;
  for (const name of ['running', 'ready', 'median', 'down'] as const) {
    const ours = median(product.map((each) => each[name]));
    const theirs = median(script.map((each) => each[name]));
    const ratio = median(product.map((each, n) => each[name] / script[n]![name]));
    row(name, ours / 1000, theirs / 1000, ratio, ...against(ratio, ratios[name]));
  }
  const ownTarget = 0.035 * laboratory.guests;
  const times = { 'own time': ['own', ownTarget], 'up, nothing to do': ['again', 1] } as const;
  for (const [name, [field, target]] of Object.entries(times)) {
    const ours = median(product.map((each) => each[field])) / 1000;
    row(name, ours, '', '', ...against(ours, target));
  }
}

const ends = ({ ready, median: half, down }: Round): string =>
  `ready ${seconds(ready)}  median guest ${seconds(half)}  down ${seconds(down)}`;

const phases = (each: Round): string =>
  Object.entries(each.phases)
    .map(([name, ms]) => `${name} ${seconds(ms)}`)
    .join('  ');

async function benchUp(): Promise<void> {
  const { hosts, image, temporal } = setUp(Number(values.hosts ?? 1));
  const folder = mkdtempSync(join(tmpdir(), 'kvm-compose-bench-'));
  const laboratory = writeLaboratory(folder, Number(values.guests ?? 20), hosts, playground, image);
  const images = join(folder, 'images.yaml');
  writeFileSync(images, `images:\n  tiny: { file: ${image}, format: qcow2 }\n`);
  const home = join(folder, 'server');
  mkdirSync(home, { mode: 0o700 });
  const env = {
    ...process.env,
    KVM_COMPOSE_HOME: home,
    KVM_COMPOSE_IMAGES: images,
    KVM_COMPOSE_TEMPORAL_BIN: temporal,
    KVM_COMPOSE_PORT: process.env['KVM_COMPOSE_PORT'] ?? '3365',
  };
  const server = (verb: string) => run([join(root, 'kvm-compose'), 'server', verb], { cwd: folder, env });
  // Whatever was going on when the benchmark ended, the hosts are left as they were.
  const cleanUp = async (): Promise<void> => {
    const down = [join(root, 'kvm-compose'), '--hosts', 'hosts.yaml', 'down', '--purge', '--yes'] as const;
    await run(down, { cwd: laboratory.project, env }).catch(() => undefined);
    await run(['bash', join(root, 'bench/script.sh'), 'down', laboratory.script], { cwd: folder }).catch(
      () => undefined,
    );
    await server('stop').catch((error: unknown) => console.error(String(error)));
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  }
  const product: ProductRound[] = [];
  const script: Round[] = [];
  try {
    await server('start');
    console.log(`${laboratory.guests} guests on ${hosts.length} host(s), ${values.pairs} pairs`);
    for (let pair = 0; pair < Number(values.pairs); pair += 1) {
      script.push(await scriptRound(laboratory));
      console.log(`script   ${phases(script.at(-1)!)}  ${ends(script.at(-1)!)}`);
      product.push(await productRound(laboratory, env, values['boot-parallelism']));
      console.log(`product  ${phases(product.at(-1)!)}  ${ends(product.at(-1)!)}`);
    }
    report(laboratory, product, script);
  } finally {
    await cleanUp();
  }
}

async function benchStart(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'kvm-compose-bench-'));
  const hosts = [{ name: 'main', address: '127.0.0.1' }];
  writeFileSync(join(folder, 'image'), '');
  writeFileSync(join(folder, 'id'), '');
  writeFileSync(join(folder, 'id.pub'), '');
  for (const guests of [300, 2000]) {
    const { project } = writeLaboratory(folder, guests, hosts, folder, join(folder, 'image'));
    const times: number[] = [];
    for (let n = 0; n < 5; n += 1) {
      times.push((await run([join(root, 'kvm-compose'), 'plan', '--offline'], { cwd: project })).ms);
    }
    console.log(`plan --offline, ${guests} guests  ${Math.round(median(times))} ms`);
  }
  const times: number[] = [];
  for (let n = 0; n < 7; n += 1) times.push((await run([join(root, 'kvm-compose'), '--help'], { cwd: folder })).ms);
  console.log(`--help  ${Math.round(median(times))} ms`);
  rmSync(folder, { recursive: true });
}

const benches: Readonly<Record<string, () => Promise<void>>> = {
  up: benchUp,
  start: benchStart,
  simulated: () => benchSimulated(Number(values.guests ?? 2000), Number(values.hosts ?? 50)),
  crash: () => benchCrash(values.real ? realHosts : undefined),
};
const bench = benches[positionals[0] ?? ''];
if (bench) await bench();
else {
  const all = 'up [--guests 20] [--hosts 1] [--pairs 3] | start | simulated [--guests 2000] [--hosts 50]';
  console.error(`usage: npm run bench -- ${all} | crash [--real]`);
  process.exitCode = 2;
}
