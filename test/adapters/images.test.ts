import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { builtIn } from '../../src/adapters/images/catalogue.ts';
import { createImages } from '../../src/adapters/images/images.ts';
import type { Failure } from '../../src/model/failure.ts';

let folder: string;

const image = Buffer.concat([Buffer.from('QFI\u00fb', 'latin1'), Buffer.alloc(200_000, 3)]);
image.writeBigUInt64BE(0n, 8);
const sha256 = createHash('sha256').update(image).digest('hex');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-images-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function catalogue(entries: object) {
  await writeFile(join(folder, 'images.yaml'), JSON.stringify({ images: entries }));
  return createImages({ cacheFolder: join(folder, 'cache'), catalogueFile: join(folder, 'images.yaml') });
}

describe('the catalogue', () => {
  test('knows the usual images and those of the user', async () => {
    const images = await catalogue({ tiny: { file: 'tiny.qcow2' } });
    expect(await images.names()).toEqual(['cirros_0_6_2', 'tiny', 'ubuntu_18_04', 'ubuntu_20_04', 'ubuntu_22_04']);
  });

  test('does not know other names', async () => {
    const images = createImages({ cacheFolder: folder, catalogueFile: join(folder, 'none.yaml') });
    expect(await images.resolve('nothing', undefined)).toBeUndefined();
  });

  test('finds a file beside itself, probed and hashed', async () => {
    await writeFile(join(folder, 'tiny.qcow2'), image);
    const images = await catalogue({ tiny: { file: 'tiny.qcow2', sha256: sha256.toUpperCase() } });
    const source = join(folder, 'tiny.qcow2');
    expect(await images.resolve('tiny', undefined)).toEqual({
      name: 'tiny',
      format: 'qcow2',
      sha256,
      size: image.length,
      source,
    });
  });

  test('asks for a checksum or a list, at the line of the entry', async () => {
    const path = join(folder, 'images.yaml');
    await writeFile(path, 'images:\n  near: { file: x }\n  far: { url: https://images.example/far.img }\n');
    const images = createImages({ cacheFolder: folder, catalogueFile: path });
    const error: unknown = await images.resolve('far', undefined).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ data: { code: 'image-missing', object: 'far' } });
    const { message, hint } = (error as Failure).data;
    expect(message).toContain(`${path}:3: image far has no checksum`);
    expect(hint).toMatch(/sha256: HEX.*list: https.*file: PATH/);
  });

  test.each([
    ['images:\n  tiny:\n    file: x\n    sha256: abc\n', 4],
    ['images:\n  far: { url: "https://a.example/x", list: "http://a.example/SHA256SUMS" }\n', 2],
    ['images:\n  far:\n    url: https://a.example/x\n    list: ftp://a.example/x\n', 2],
    ['images:\n  a: { file: x }\n  x-b: { file: x }\n', 3],
    ['image: {}\n', 1],
    ['images:\n  a: [\n', 3],
  ])('names what is wrong in it, and the line: %j', async (text, line) => {
    const path = join(folder, 'images.yaml');
    await writeFile(path, text);
    const images = createImages({ cacheFolder: folder, catalogueFile: path });
    const error: unknown = await images.names().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ data: { code: 'image-missing', object: path } });
    expect((error as Failure).message).toContain(`${path}:${line}: `);
  });

  test('has for every usual image a checksum or an https list beside it', () => {
    for (const entry of Object.values(builtIn)) {
      expect(entry).toMatchObject({ url: expect.stringMatching(/^https:/), format: 'qcow2' });
      if ('list' in entry) expect(entry.list).toBe(new URL('SHA256SUMS', 'url' in entry ? entry.url : '').href);
      else expect(entry).toHaveProperty('sha256');
    }
  });

  test('refuses a file that is gone, has another checksum or another format', async () => {
    await writeFile(join(folder, 'tiny'), image);
    const images = await catalogue({
      gone: { file: 'gone' },
      other: { file: 'tiny', sha256: '0'.repeat(64) },
      raw: { file: 'tiny', format: 'raw' },
    });
    await expect(images.resolve('gone', undefined)).rejects.toMatchObject({ data: { code: 'image-missing' } });
    await expect(images.resolve('other', undefined)).rejects.toMatchObject({ data: { code: 'image-unreadable' } });
    await expect(images.resolve('raw', undefined)).rejects.toMatchObject({ data: { code: 'image-unreadable' } });
  });
});

describe('an existing disk', () => {
  const images = () => createImages({ cacheFolder: join(folder, 'cache'), catalogueFile: undefined });

  test('is probed by its first bytes, not by its name', async () => {
    await writeFile(join(folder, 'a.img'), image);
    await writeFile(join(folder, 'b.qcow2'), 'boot sector');
    expect((await images().existing(join(folder, 'a.img')))!.format).toBe('qcow2');
    expect((await images().existing(join(folder, 'b.qcow2')))!.format).toBe('raw');
    expect(await images().existing(join(folder, 'c'))).toBeUndefined();
  });

  test.each([
    ['VMDK', Buffer.from('KDMV....')],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0])],
    ['backing file', Buffer.concat([Buffer.from('QFI\u00fb', 'latin1'), Buffer.alloc(100, 1)])],
    ['empty', Buffer.alloc(0)],
  ])('that cannot be used says why: %s', async (why, content) => {
    await writeFile(join(folder, 'x'), content);
    await expect(images().existing(join(folder, 'x'))).rejects.toThrow(why);
  });

  test('that is a folder cannot be used', async () => {
    await mkdir(join(folder, 'x'));
    await expect(images().existing(join(folder, 'x'))).rejects.toMatchObject({ data: { code: 'image-unreadable' } });
  });
});
