import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listTree } from '../../src/adapters/project-files/list-tree.ts';
import { tarOf } from '../../src/adapters/project-files/tar.ts';
import { createProjectFiles } from '../../src/adapters/project-files/project-files.ts';

let folder: string;
const files = () => createProjectFiles({ cacheFolder: join(folder, 'cache') });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-files-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A folder with what folders hold. */
async function tree(name: string): Promise<string> {
  const root = join(folder, name);
  const deep = join(root, 'b'.repeat(60), 'ü'.repeat(60));
  await mkdir(deep, { recursive: true });
  await writeFile(join(root, 'a.txt'), 'alpha');
  await writeFile(join(root, 'run.sh'), '#!/bin/sh\n', { mode: 0o755 });
  await chmod(join(root, 'run.sh'), 0o755);
  await writeFile(join(deep, 'deep.bin'), Buffer.alloc(1000, 7));
  await writeFile(join(deep, 'empty'), '');
  await symlink('../a.txt', join(root, 'link'));
  return root;
}

describe('a file of the project', () => {
  test('is known by its content', async () => {
    const path = join(folder, 'x');
    await writeFile(path, 'hello');
    const blob = { sha256: '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824', size: 5, source: path };
    expect(await files().blob(path)).toEqual(blob);
  });

  test('is read once as long as it looks the same, even by another process', async () => {
    const path = join(folder, 'x');
    await writeFile(path, 'hello');
    await utimes(path, new Date(1000), new Date(1000));
    const before = await files().blob(path);
    await writeFile(path, 'HELLO');
    await utimes(path, new Date(1000), new Date(1000));
    expect(await files().blob(path)).toEqual(before);
    await utimes(path, new Date(), new Date(0));
    expect((await files().blob(path))!.sha256).not.toBe(before!.sha256);
  });

  test('is not there, or is a folder: no blob', async () => {
    expect(await files().blob(join(folder, 'nothing'))).toBeUndefined();
    expect(await files().blob(folder)).toBeUndefined();
  });

  test('that is missing is named when its text is wanted', async () => {
    const path = join(folder, 'nothing');
    await expect(files().readText(path)).rejects.toMatchObject({ data: { code: 'file-missing', object: path } });
    await expect(files().readText(folder)).rejects.toMatchObject({ data: { code: 'file-unreadable' } });
  });

  test('is written whole', async () => {
    const path = join(folder, 'artefacts/state.json');
    await files().writeText(path, '{}');
    expect(await readFile(path, 'utf8')).toBe('{}');
    expect((await stat(path)).mode & 0o777).toBe(0o644);
  });
});

describe('an archive', () => {
  test('holds what the folder holds', async () => {
    const blob = (await files().archive(await tree('one')))!;
    const out = join(folder, 'out');
    await mkdir(out);
    execFileSync('tar', ['-xzpf', blob.source, '-C', out]);
    execFileSync('diff', ['-r', '--no-dereference', join(folder, 'one'), out]);
    expect((await stat(join(out, 'run.sh'))).mode & 0o777).toBe(0o755);
    expect((await stat(blob.source)).size).toBe(blob.size);
  });

  test('is the same for the same content, wherever and whenever it is made', async () => {
    const one = (await files().archive(await tree('one')))!;
    const second = await tree('two');
    await utimes(join(second, 'a.txt'), new Date(), new Date(1000));
    const two = (await createProjectFiles({ cacheFolder: join(folder, 'other') }).archive(second))!;
    expect(two.sha256).toBe(one.sha256);
    expect((await files().archive(join(folder, 'one')))!).toEqual(one);
  });

  test('is another when anything in the folder changes', async () => {
    const root = await tree('one');
    const before = (await files().archive(root))!;
    await writeFile(join(root, 'a.txt'), 'beta!');
    const after = (await files().archive(root))!;
    expect(after.sha256).not.toBe(before.sha256);
    await chmod(join(root, 'a.txt'), 0o600);
    expect((await files().archive(root))!.sha256).not.toBe(after.sha256);
  });

  test('has the bytes of the first release, whatever a folder holds: they are part of what a seed is', async () => {
    const root = join(folder, 'one');
    const deep = `${'d'.repeat(60)}/${'e'.repeat(60)}`;
    for (const [name, mode] of Object.entries({ sub: 0o700, ['d'.repeat(60)]: 0o755, [deep]: 0o755 })) {
      await mkdir(join(root, name), { recursive: true });
      await chmod(join(root, name), mode);
    }
    const put = async (name: string, content: string | Buffer, mode = 0o644): Promise<void> => {
      await writeFile(join(root, name), content);
      await chmod(join(root, name), mode);
    };
    await put('a.txt', 'hello\n');
    await put('empty', '', 0o600);
    await put('run.sh', '#!/bin/sh\necho hi\n', 0o755);
    await put('größe.bin', Buffer.alloc(70_000, 7), 0o640);
    await put('sub/b', 'b'.repeat(512), 0o444);
    await put(`${deep}/ü${'f'.repeat(98)}`, 'deep');
    await put(`${'g'.repeat(99)}ü`, 'cut in a character');
    await symlink('../a.txt', join(root, 'sub/link'));
    await symlink('x'.repeat(150), join(root, 'far'));
    const blob = (await files().archive(root))!;
    const plain = gunzipSync(await readFile(blob.source));
    // Recorded from the writer that was there before the library.
    expect(plain.length).toBe(83_968);
    expect(createHash('sha256').update(plain).digest('hex')).toBe(
      'a7169181ebedc7a025a8a14cb35da259e0f9d0ad566391aa3c0bec8a7441086f',
    );
  });

  test('is not made of a file that changes while it is read', async () => {
    const root = await tree('one');
    const path = join(root, 'a.txt');
    const entry = (await listTree(path))![0]!;
    const pack = async () => {
      for await (const chunk of tarOf([{ ...entry, size: 1000 }])) expect(chunk.length).toBeGreaterThan(0);
    };
    await expect(pack()).rejects.toMatchObject({ data: { code: 'file-unreadable', object: path } });
  });

  test('of one file holds it under its name', async () => {
    await writeFile(join(folder, 'kvm-compose.yaml'), 'machines: []\n');
    const blob = (await files().archive(join(folder, 'kvm-compose.yaml')))!;
    expect(execFileSync('tar', ['-tzf', blob.source], { encoding: 'utf8' })).toBe('kvm-compose.yaml\n');
    expect(
      gunzipSync(await readFile(blob.source))
        .subarray(512, 525)
        .toString(),
    ).toBe('machines: []\n');
  });

  test('of nothing is none', async () => {
    expect(await files().archive(join(folder, 'nothing'))).toBeUndefined();
  });

  test('refuses what cannot be packed, by name', async () => {
    const root = await tree('one');
    execFileSync('mkfifo', [join(root, 'pipe')]);
    await expect(files().archive(root)).rejects.toMatchObject({
      data: { code: 'file-unreadable', object: join(root, 'pipe') },
    });
  });
});
