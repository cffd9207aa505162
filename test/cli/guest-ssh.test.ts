import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quote, sshToGuest } from '../../src/cli/guest-ssh.ts';
import type { GuestReach } from '../../src/api/answers/status.ts';

const host = { name: 'h2', address: '10.0.0.2', port: 22, user: 'root', accelerator: 'auto' } as const;
const reach: GuestReach = {
  namespace: 'kc-lab',
  routes: [{ link: 'kb-0123456789', address: 'fe80::1' }],
  user: 'nocloud',
  host: { ...host, connection: 'ssh', identityFile: '/keys/my id', knownHostsFile: '/keys/known' },
  keyFile: '/secrets/lab/ssh',
  knownHostKey: 'ssh-ed25519 AAAA web',
};

const inside = 'ip netns exec kc-lab socat - TCP6:[fe80::1%kb-0123456789]:22'.split(' ');

function proxyOf(argv: readonly string[]): string {
  const option = argv.find((word) => word.startsWith('ProxyCommand='))!;
  return option.slice('ProxyCommand='.length).replaceAll('%%', '%');
}

/** What a shell makes of a command line, one word a line. */
function wordsOf(line: string): string[] {
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' });
  return stdout.trimEnd().split('\n');
}

describe('ssh to a guest', () => {
  test('goes through the network namespace of its host, and the words survive both shells', () => {
    const words = wordsOf(proxyOf(sshToGuest('web', reach, [])));
    expect(words).toContain('/keys/my id');
    expect(words.slice(-2)[0]).toBe('10.0.0.2');
    expect(wordsOf(words.at(-1)!)).toEqual(inside);
  });

  test('needs no second ssh where the host is this machine', () => {
    const local = { ...reach, host: { ...host, connection: 'local' } as const };
    expect(wordsOf(proxyOf(sshToGuest('web', local, [])))).toEqual(inside);
  });

  test('tries every way to a guest that has several', async () => {
    const routes = [...reach.routes, { link: 'kb-1', address: '10.0.0.5' }];
    const words = wordsOf(wordsOf(proxyOf(sshToGuest('web', { ...reach, routes }, []))).at(-1)!);
    expect(words.slice(0, 6)).toEqual(['ip', 'netns', 'exec', 'kc-lab', 'sh', '-c']);
    expect(words.slice(-2)).toEqual(['TCP6:[fe80::1%kb-0123456789]:22', 'TCP4:10.0.0.5:22,so-bindtodevice=kb-1']);
    // The shell's part, with a socat that reaches the second only.
    const folder = await mkdtemp(join(tmpdir(), 'kc-socat-'));
    const socat = 'case "$*" in *10.0.0.5*) [ "$1" = -u ] || echo "through $2";; *) exit 1;; esac';
    await writeFile(join(folder, 'socat'), `#!/bin/sh\n${socat}\n`, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env['PATH']}` };
    const { stdout } = spawnSync('/bin/sh', words.slice(5), { encoding: 'utf8', env });
    await rm(folder, { recursive: true });
    expect(stdout).toBe('through TCP4:10.0.0.5:22,so-bindtodevice=kb-1\n');
  });

  test('pins the host key its seed gave it', () => {
    const argv = sshToGuest('web', reach, ['uptime']);
    expect(argv).toContain('KnownHostsCommand=/bin/echo web ssh-ed25519 AAAA');
    expect(argv).toContain('StrictHostKeyChecking=yes');
    expect(argv.slice(-2)).toEqual(['nocloud@web', 'uptime']);
  });

  test('is understood by OpenSSH', () => {
    const [, ...options] = sshToGuest('web', reach, []);
    const { stdout, status } = spawnSync('ssh', ['-G', ...options], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toContain('user nocloud');
    expect(stdout).toContain('hostkeyalias web');
  });
});

test('a quoted argument is read back by a shell as it was, whatever is in it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 }).filter((each) => !each.includes('\0'));
  fc.assert(
    fc.property(fc.array(text, { minLength: 40, maxLength: 60 }), (texts) => {
      const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${texts.map(quote).join(' ')}`]);
      return stdout.equals(Buffer.from(texts.map((each) => `${each}\0`).join('')));
    }),
    { numRuns: 10 },
  );
  expect(quote('')).toBe("''");
});
