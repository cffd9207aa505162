import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { guestScript } from '../../src/compiler/guest-script.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guest-script-'));
  for (const each of ['seed', 'source']) spawnSync('mkdir', [join(folder, each)]);
  writeFileSync(join(folder, 'source', 'motd'), 'hello\n');
  spawnSync('tar', ['-czf', join(folder, 'seed', 'context.tar.gz'), '-C', join(folder, 'source'), '.']);
  writeFileSync(join(folder, 'seed', 'env'), 'A=1\nQUOTED="it\'s" $HOME `id` \\n =x\nAB=2\n');
  // The guest's own folder, under a root of ours.
  writeFileSync(join(folder, 'guest.sh'), guestScript.replaceAll('/etc/nocloud', join(folder, 'etc')));
});

afterEach(() => rmSync(folder, { recursive: true }));

const shells = ['sh', 'dash', 'busybox'].filter(
  (shell) => spawnSync(shell, shell === 'busybox' ? ['sh', '-c', ':'] : ['-c', ':']).status === 0,
);

describe.each(shells)('with %s the script of a seed', (shell) => {
  const run = () =>
    spawnSync(shell, [...(shell === 'busybox' ? ['sh'] : []), 'guest.sh', join(folder, 'seed')], {
      cwd: folder,
      encoding: 'utf8',
    });
  const env = (key: string) => spawnSync(join(folder, 'etc/env.sh'), [key], { encoding: 'utf8' });

  test('makes context and environment, and is harmless twice', () => {
    for (const _ of [1, 2]) {
      expect(run()).toMatchObject({ status: 0, stderr: '' });
      expect(readFileSync(join(folder, 'etc/context/motd'), 'utf8')).toBe('hello\n');
      expect(env('A').stdout).toBe('1\n');
      expect(env('QUOTED').stdout).toBe('"it\'s" $HOME `id` \\n =x\n');
    }
  });

  test('replaces the context of an earlier seed', () => {
    run();
    writeFileSync(join(folder, 'etc/context/left-over'), '');
    run();
    expect(existsSync(join(folder, 'etc/context/left-over'))).toBe(false);
  });

  test('answers for a name that is not there with a failure', () => {
    run();
    expect(env('NONE')).toMatchObject({ status: 1, stdout: '', stderr: 'env.sh: there is no NONE\n' });
  });

  test('leaves no env.sh when it did not finish', () => {
    writeFileSync(join(folder, 'seed', 'context.tar.gz'), 'no archive');
    expect(run().status).not.toBe(0);
    expect(existsSync(join(folder, 'etc/env.sh'))).toBe(false);
  });
});
