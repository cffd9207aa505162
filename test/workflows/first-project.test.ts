import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageLockName } from '../../src/state/image-lock.ts';
import { type ImageServer, imageServer } from '../support/image-server.ts';
import { buildPrograms, type TestServer, testServer } from '../support/server.ts';

const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
const image = Buffer.alloc(100_000);
image.write('QFI\xfb\0\0\0\x03', 0, 'latin1');
const sha256 = createHash('sha256').update(image).digest('hex');
const path = '/releases/jammy/release/ubuntu-22.04-server-cloudimg-amd64.img';

let folder: string;
let publisher: ImageServer;
let server: TestServer;

/** The publisher's machine is one of this test's: its catalogue has Ubuntu's image at the same path of another server. */
beforeAll(async () => {
  await buildPrograms();
  publisher = await imageServer();
  folder = mkdtempSync(join(tmpdir(), 'kc-first-'));
  writeFileSync(join(folder, 'ca.pem'), publisher.ca);
  process.env['NODE_EXTRA_CA_CERTS'] = join(folder, 'ca.pem');
  server = await testServer(1, 0);
  const entry = { url: `${publisher.url}${path}`, list: new URL('SHA256SUMS', `${publisher.url}${path}`).href };
  const catalogue = { images: { ubuntu_22_04: entry } };
  writeFileSync(join(server.project, '../images.yaml'), JSON.stringify(catalogue));
  writeFileSync(join(server.project, 'kvm-compose.yaml'), /```yaml\n(# kvm-compose\.yaml\n[^]*?)```/.exec(readme)![1]!);
  writeFileSync(join(server.project, 'setup.sh'), 'echo hello\n');
  writeFileSync(join(server.project, 'target.qcow2'), image);
});

afterAll(async () => {
  delete process.env['NODE_EXTRA_CA_CERTS'];
  await server.remove();
  publisher.close();
  rmSync(folder, { recursive: true });
});

test("the README's own first project comes up: its image is read off the list, pulled and pinned", async () => {
  publisher.answers.set(path, image);
  publisher.answers.set('/releases/jammy/release/SHA256SUMS', `${sha256} *${path.split('/').at(-1)}\n`);

  const planned = await server.run('plan');
  expect(planned.stdout).toContain(`image ubuntu_22_04 (not pulled yet, from ${publisher.url}${path})`);
  expect(publisher.asked).toEqual([]);

  const { code, stderr } = await server.run('up');
  expect([code, stderr]).toEqual([0, expect.stringContaining(`SHA-256 ${sha256}, pinned from ${publisher.url}`)]);
  expect(Object.values(server.world()).flatMap((host) => Object.keys(host.domains))).toHaveLength(2);
  expect(readFileSync(join(server.project, imageLockName), 'utf8')).toContain(`sha256: "${sha256}"`);
  expect(publisher.asked).toEqual(['/releases/jammy/release/SHA256SUMS', path]);

  // The publisher has gone, and nothing is needed of it any more.
  publisher.answers.clear();
  expect((await server.run('plan')).stdout).toContain('nothing to do');
  expect(await server.run('up')).toMatchObject({ code: 0 });
  expect(publisher.asked).toHaveLength(2);
});

test('a publisher that has replaced the image is refused, with both hashes and what to do', async () => {
  const other = Buffer.concat([image, Buffer.from('newer')]);
  const found = createHash('sha256').update(other).digest('hex');
  publisher.answers.set(path, other);
  rmSync(join(server.home, 'cache/images'), { recursive: true });
  const lock = readFileSync(join(server.project, imageLockName), 'utf8');

  const { code, stderr } = await server.run('up');
  expect(code).toBe(2);
  expect(stderr).toContain(`has SHA-256 ${found}, not ${sha256} as ${imageLockName} says`);
  expect(stderr).toContain(`delete the entry ubuntu_22_04 of ${imageLockName}`);
  expect(readFileSync(join(server.project, imageLockName), 'utf8')).toBe(lock);
});
