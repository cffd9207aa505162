import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSecrets } from '../../src/adapters/secrets/key-folder.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-secrets-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('secrets', () => {
  test('are OpenSSH keys whose halves belong together', async () => {
    const secrets = createSecrets(folder);
    const publicKey = await secrets.publicKey('lab/ssh');
    expect(publicKey).toMatch(/^ssh-ed25519 AAAA\S+$/);
    expect(await secrets.privateKey('lab/ssh')).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
    const derived = execFileSync('ssh-keygen', ['-y', '-f', secrets.path('lab/ssh')], { encoding: 'utf8' });
    expect(derived.split(' ').slice(0, 2).join(' ').trim()).toBe(publicKey);
  });

  test('are made once, whoever asks at once', async () => {
    const asked = Array.from({ length: 30 }, () => createSecrets(folder).privateKey('lab/hostkey/web'));
    expect(new Set(await Promise.all(asked)).size).toBe(1);
    expect(await readdir(join(folder, 'lab/hostkey'))).toEqual(['web']);
  });

  test("are nobody else's to read", async () => {
    await createSecrets(folder).privateKey('lab/hostkey/web');
    expect((await stat(join(folder, 'lab/hostkey/web'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'lab/hostkey'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, 'lab'))).mode & 0o777).toBe(0o700);
  });

  test('are forgotten by deployment, and no other', async () => {
    const secrets = createSecrets(folder);
    await secrets.privateKey('lab/ssh');
    const kept = await secrets.privateKey('lab2/ssh');
    await secrets.forget('lab/');
    await secrets.forget('lab/');
    expect(await readdir(folder)).toEqual(['lab2']);
    expect(await secrets.privateKey('lab2/ssh')).toBe(kept);
  });

  test('never lie outside their folder', async () => {
    await expect(createSecrets(folder).privateKey('../x')).rejects.toThrow('no name of a secret');
    expect(() => createSecrets(folder).forget('')).toThrow('no name of a secret');
  });

  test('that are damaged are named', async () => {
    const secrets = createSecrets(folder);
    await secrets.privateKey('lab/ssh');
    await writeFile(secrets.path('lab/ssh'), 'broken');
    await expect(secrets.publicKey('lab/ssh')).rejects.toMatchObject({ data: { object: secrets.path('lab/ssh') } });
  });
});
