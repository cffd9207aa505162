import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { compile } from '../src/compiler/compile.ts';
import { noFacts } from '../src/compiler/facts.ts';
import type { Inventory } from '../src/model/host.ts';
import { planChanges } from '../src/planner/plan.ts';
import { kindOf } from '../src/resources/registry.ts';
import { parseProject } from '../src/spec/parse-project.ts';
import { projectOf } from './project-of.ts';

const sizes = [300, 500, 1000, 2000, 4000];

const host = { connection: 'ssh', port: 22, user: 'root', accelerator: 'auto' } as const;
const inventory: Inventory = {
  main: 'main',
  hosts: ['main', 'h2', 'h3'].map((name, index) => ({ name, address: `10.99.0.${index + 1}`, ...host })),
};

interface Measured {
  readonly parse: number;
  readonly compile: number;
  readonly plan: number;
  /** Milliseconds of processor time of all three: other work on the machine does not count. */
  readonly cpu: number;
  readonly resources: number;
  /** The most the process ever had, MiB. */
  readonly memory: number;
}

/** From text to plan, once, with nothing warmed up. */
function measure(guests: number): Measured {
  const text = projectOf(guests);
  const before = process.cpuUsage();
  const marks = [performance.now()];
  const { testbed } = parseProject(text, { file: 'kvm-compose.yaml', deployment: 'lab' });
  marks.push(performance.now());
  const { desired } = compile(testbed!, inventory, noFacts);
  marks.push(performance.now());
  const observed = { copies: new Map(), facts: new Map(), unknown: new Map() };
  planChanges({ deployment: 'lab', installation: '01234567', inventory, desired, observed, kindOf });
  marks.push(performance.now());
  const { user, system } = process.cpuUsage(before);
  const [start, parsed, compiled, planned] = marks as [number, number, number, number];
  return {
    parse: parsed - start,
    compile: compiled - parsed,
    plan: planned - compiled,
    cpu: (user + system) / 1000,
    resources: desired.length,
    memory: process.resourceUsage().maxRSS / 1024,
  };
}

function row(...cells: readonly (string | number)[]): string {
  const shown = cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(0) : cell).padStart(10));
  return `${shown.join('')}\n`;
}

const [, , flag, guests] = process.argv;
if (flag === '--one') {
  process.stdout.write(JSON.stringify(measure(Number(guests))));
} else {
  process.stdout.write('From text to plan in a fresh process: milliseconds, and the most memory in MiB.\n');
  process.stdout.write(
    row('guests', 'resources', 'parse', 'compile', 'plan', 'together', 'cpu', 'cpu/guest', 'memory'),
  );
  for (const size of sizes) {
    const { stdout } = spawnSync(
      process.execPath,
      [...process.execArgv, fileURLToPath(import.meta.url), '--one', String(size)],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const { cpu, memory, resources, ...times } = JSON.parse(stdout) as Measured;
    const together = times.parse + times.compile + times.plan;
    const each = (cpu / size).toFixed(2);
    process.stdout.write(row(size, resources, times.parse, times.compile, times.plan, together, cpu, each, memory));
  }
}
