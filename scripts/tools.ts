import { spawn } from 'node:child_process';
import { delimiter, join, resolve } from 'node:path';

/** The folder of the project. */
export const root = resolve(import.meta.dirname, '..');

/** What `npm run check` asks of the sources: a name, and the command that exits 0 when all is well. */
const tools: readonly (readonly [name: string, ...command: string[]])[] = [
  ['types', 'tsc', '--pretty', 'false'],
  ['house', 'vitest', 'run', '--project', 'house', '--reporter', 'dot'],
  [
    'format',
    'prettier',
    '--check',
    '--cache',
    '--cache-location',
    'node_modules/.cache/prettier/.prettier-cache',
    '--log-level',
    'warn',
    '.',
  ],
  ['arrows', 'depcruise', '--config', 'config/dependency-cruiser.mjs', '--output-type', 'err-long', 'src'],
  ['dead code', 'knip', '--config', 'config/knip.jsonc'],
  ['lint', 'oxlint', '--deny-warnings', '--format', 'unix'],
];

/** How a step ended. */
export interface Ended {
  readonly ok: boolean;
  readonly seconds: string;
  readonly output: string;
}

/** Runs a command of the project to its end; its output is kept, or shown as it comes. */
export function run([command = '', ...args]: readonly string[], show = false): Promise<Ended> {
  const start = performance.now();
  const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()));
  return new Promise((done) => {
    const end = (ok: boolean) => done({ ok, output, seconds: ((performance.now() - start) / 1000).toFixed(1) });
    child.on('error', (error) => {
      output += `${error.message}\n`;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}

/** Runs all tools at once, prints a line for each as it ends, then what the failed ones said. */
export async function check(): Promise<{ passed: number; failed: number }> {
  const complaints: string[] = [];
  await Promise.all(
    tools.map(async ([name, ...command]) => {
      const { ok, seconds, output } = await run(command);
      console.log(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.padStart(5)} s`);
      if (!ok) complaints.push(`\n--- ${name}: ${command.join(' ')}\n${output.trim()}`);
    }),
  );
  for (const complaint of complaints) console.log(complaint);
  return { passed: tools.length - complaints.length, failed: complaints.length };
}
