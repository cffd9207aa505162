import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { hostRoot } from '../../src/model/host.ts';
import type { Execution, ExecutionResult, Runner } from '../../src/ports/runner.ts';
import { output } from './command.ts';

/** A runner whose host is a folder: the carriers' own scripts in a shell, with stand-ins for what they call. */
export interface ShellRunner extends Runner {
  /** What was run, and how many bytes of data went with it. */
  readonly executions: { readonly key: string; readonly script: string; bytes: number; ended: boolean }[];
}

/** `programs`: shell texts by name, found before anything else. Their `$HOST` is the folder. */
export async function shellRunner(
  folder: string,
  programs: Readonly<Record<string, string>>,
  shell: 'sh' | 'busybox' = 'sh',
): Promise<ShellRunner> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  if (shell === 'busybox') await output('busybox', ['--install', '-s', bin]);
  for (const [name, text] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}`);
    await chmod(join(bin, name), 0o755);
  }
  const executions: ShellRunner['executions'] = [];
  const run = async (_host: unknown, execution: Execution): Promise<ExecutionResult> => {
    const { key, script, signal } = execution;
    signal?.throwIfAborted();
    const noted = { key, script, bytes: 0, ended: false };
    executions.push(noted);
    const text = `set -u\nwork=${folder}/work-${executions.length}\n${script.replaceAll(hostRoot, folder)}`;
    const env = { PATH: `${bin}:${process.env['PATH']}`, HOST: folder };
    const child = spawn(shell === 'busybox' ? join(bin, 'sh') : 'sh', ['-c', text], {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stop = (): void => void child.kill('SIGKILL');
    signal?.addEventListener('abort', stop, { once: true });
    child.stdin.on('error', () => undefined);
    const { data: given } = execution;
    // Texts name paths on the host too; archives, which hold NUL bytes, are unpacked below the folder.
    const moved =
      Buffer.isBuffer(given) && !given.includes(0) ? given.toString('utf8').replaceAll(hostRoot, folder) : given;
    const data = moved instanceof Readable ? moved : Readable.from(moved === undefined ? [] : [Buffer.from(moved)]);
    data.on('data', (chunk: Buffer) => (noted.bytes += chunk.length));
    data.pipe(child.stdin);
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString('utf8')));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    data.destroy();
    noted.ended = true;
    signal?.removeEventListener('abort', stop);
    signal?.throwIfAborted();
    if (execution.onLine) for (const line of said.stdout.split('\n')) if (line !== '') execution.onLine(line);
    return { code: code ?? 1, ...said };
  };
  return { executions, run, open: () => Promise.reject(new Error('no shell')), close: async () => undefined };
}
