import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { onHost, shellOnHost, tryOnHost } from '../support/playground.ts';
import { stateOf } from './support/host-state.ts';
import { writeLaboratory } from './support/laboratory.ts';

// Everything as a user of one machine has it: no hosts file, default home, default port.
const unset = ['HOME', 'PORT', 'HOSTS', 'CACHE'].flatMap((name) => ['-u', `KVM_COMPOSE_${name}`]);
const settings = () => [`KVM_COMPOSE_IMAGES=/tmp/images.yaml`, `KVM_COMPOSE_TEMPORAL_BIN=${inject('temporalProgram')}`];
const cli = (...words: readonly string[]) =>
  tryOnHost('main', ['env', '-C', '/tmp/alone', ...unset, ...settings(), resolve('kvm-compose'), ...words]);

let untouched: Readonly<Record<string, string>>;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kc-scenario-'));
  const guests = [
    { name: 'a', switch: 'lan', ip: '10.70.0.11', setup: 'echo "ran as $(id -un)" >/root/effect\n' },
    { name: 'b', switch: 'lan', ip: '10.70.0.12' },
  ];
  await writeLaboratory(folder, { guests });
  await shellOnHost('main', 'mkdir -p /tmp/alone');
  for (const name of ['kvm-compose.yaml', 'a.sh']) {
    await tryOnHost('main', ['tee', `/tmp/alone/${name}`], { input: await readFile(join(folder, name), 'utf8') });
  }
  await rm(folder, { recursive: true });
  const images = `images: { tiny: { file: ${inject('tinyImage')}, format: qcow2 } }\n`;
  await tryOnHost('main', ['tee', '/tmp/images.yaml'], { input: images });
  untouched = await stateOf(['main', 'h2']);
});

afterAll(async () => {
  await cli('down', '--purge', '--yes');
  await cli('server', 'stop');
  await shellOnHost('main', 'rm -rf /tmp/alone /tmp/images.yaml /var/lib/kvm-compose/server');
});

describe('on one machine, without a hosts file', () => {
  test('up makes the laboratory here', async () => {
    const { code, stderr } = await cli('up');
    expect(code, stderr).toBe(0);
    expect(await onHost('main', 'virsh', '-q', 'domstate', 'alone-a')).toBe('running');
    expect(await onHost('main', 'stat', '-c', '%a', '/var/lib/kvm-compose/server')).toBe('700');
  });

  test('ssh reaches its guests, and they reach each other', async () => {
    expect(
      await cli('ssh', 'a', '--', 'sudo cat /root/effect; ping -c 1 -W 2 10.70.0.12 >/dev/null && echo reached'),
    ).toMatchObject({ code: 0, stdout: 'ran as root\nreached\n' });
    expect(await cli('exec', 'b', '--', 'sh', '-c', 'exit 7')).toMatchObject({ code: 7 });
  });

  test('down leaves nothing of it', async () => {
    const { code, stderr } = await cli('down', '--purge', '--yes');
    expect(code, stderr).toBe(0);
    expect(await stateOf(['main', 'h2'])).toEqual(untouched);
  });
});
