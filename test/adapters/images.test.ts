import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createImages } from '../../src/adapters/images/images.ts';

let folder: string;
let server: Server | undefined;

const image = Buffer.concat([Buffer.from('QFI\u00fb', 'latin1'), Buffer.alloc(200_000, 3)]);
image.writeBigUInt64BE(0n, 8);
const sha256 = createHash('sha256').update(image).digest('hex');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-images-'));
});

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function catalogue(entries: object) {
  await writeFile(join(folder, 'images.yaml'), JSON.stringify({ images: entries }));
  return createImages({ cacheFolder: join(folder, 'cache'), catalogueFile: join(folder, 'images.yaml') });
}

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/image`;
}

describe('the catalogue', () => {
  test('knows the usual images and those of the user', async () => {
    const images = await catalogue({ tiny: { file: 'tiny.qcow2' } });
    expect(await images.names()).toEqual(['cirros_0_6_2', 'tiny', 'ubuntu_18_04', 'ubuntu_20_04', 'ubuntu_22_04']);
  });

  test('does not know other names', async () => {
    const images = createImages({ cacheFolder: folder, catalogueFile: join(folder, 'none.yaml') });
    expect(await images.resolve('nothing')).toBeUndefined();
  });

  test('finds a file beside itself, probed and hashed', async () => {
    await writeFile(join(folder, 'tiny.qcow2'), image);
    const images = await catalogue({ tiny: { file: 'tiny.qcow2', sha256: sha256.toUpperCase() } });
    const source = join(folder, 'tiny.qcow2');
    expect(await images.resolve('tiny')).toEqual({ name: 'tiny', format: 'qcow2', sha256, size: image.length, source });
  });

  test('asks for a checksum where the publisher replaces the image', async () => {
    const images = await catalogue({});
    await expect(images.resolve('ubuntu_22_04')).rejects.toMatchObject({
      data: { code: 'image-missing', object: 'ubuntu_22_04' },
    });
  });

  test('names what is wrong in it', async () => {
    const images = await catalogue({ tiny: { file: 'x', sha256: 'abc' } });
    await expect(images.names()).rejects.toMatchObject({ data: { object: join(folder, 'images.yaml') } });
    await writeFile(join(folder, 'images.yaml'), 'images: [');
    await expect(images.names()).rejects.toMatchObject({ data: { code: 'image-missing' } });
  });

  test('refuses a file that is gone, has another checksum or another format', async () => {
    await writeFile(join(folder, 'tiny'), image);
    const images = await catalogue({
      gone: { file: 'gone' },
      other: { file: 'tiny', sha256: '0'.repeat(64) },
      raw: { file: 'tiny', format: 'raw' },
    });
    await expect(images.resolve('gone')).rejects.toMatchObject({ data: { code: 'image-missing' } });
    await expect(images.resolve('other')).rejects.toMatchObject({ data: { code: 'image-unreadable' } });
    await expect(images.resolve('raw')).rejects.toMatchObject({ data: { code: 'image-unreadable' } });
  });
});

describe('an image at an address', () => {
  test('is fetched once for all who want it at once, and kept', async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.end(image);
    });
    const images = await catalogue({ far: { url, sha256 } });
    const found = await Promise.all([images.resolve('far'), images.resolve('far'), images.resolve('far')]);
    expect(found.map((each) => each!.sha256)).toEqual([sha256, sha256, sha256]);
    await images.resolve('far');
    expect(requests).toBe(1);
  });

  test('is fetched for the others when the first who asked is cancelled, and for nobody when all are', async () => {
    const responses: ServerResponse[] = [];
    const url = await serve((_request, response) => void responses.push(response.writeHead(200)));
    const images = await catalogue({ far: { url, sha256 } });
    const [first, waits, second] = [new AbortController(), new AbortController(), new AbortController()];
    const joins = vi.spyOn(waits.signal, 'addEventListener');
    const one = images.resolve('far', first.signal);
    await vi.waitFor(() => expect(responses).toHaveLength(1));
    const other = images.resolve('far', waits.signal);
    await vi.waitFor(() => expect(joins).toHaveBeenCalled());
    first.abort(new Error('cancelled'));
    await expect(one).rejects.toThrow('cancelled');
    responses[0]!.end(image);
    expect((await other)!.sha256).toBe(sha256);
    await rm(join(folder, 'cache/images'), { recursive: true });
    const last = images.resolve('far', second.signal);
    await vi.waitFor(() => expect(responses).toHaveLength(2));
    const broken = once(responses[1]!, 'close');
    second.abort(new Error('cancelled'));
    await expect(last).rejects.toThrow('cancelled');
    await broken;
  });

  test('is fetched on from where an attempt broke off', async () => {
    const ranges: (string | undefined)[] = [];
    const parts = join(folder, 'cache/images');
    const kept = async (): Promise<number> => {
      const sizes = (await readdir(parts)).map(async (name) => (await stat(join(parts, name))).size);
      return Math.max(0, ...(await Promise.all(sizes)));
    };
    const url = await serve((request, response) => {
      ranges.push(request.headers.range);
      if (ranges.length === 1) {
        response.writeHead(200, { 'content-length': image.length });
        response.write(image.subarray(0, 50_000));
        // What is still on its way when a connection breaks is lost, so it breaks when some has been kept.
        void vi.waitFor(async () => expect(await kept()).toBeGreaterThan(0)).finally(() => response.destroy());
        return;
      }
      const from = Number(/\d+/.exec(request.headers.range ?? 'bytes=0')![0]);
      response.writeHead(206, { 'content-range': `bytes ${from}-${image.length - 1}/${image.length}` });
      response.end(image.subarray(from));
    });
    const images = await catalogue({ far: { url, sha256 } });
    await expect(images.resolve('far')).rejects.toMatchObject({ data: { code: 'image-missing', class: 'transient' } });
    expect((await images.resolve('far'))!.size).toBe(image.length);
    expect(ranges).toEqual([undefined, expect.stringMatching(/^bytes=\d+-$/)]);
  });

  test('with another checksum never gets its name', async () => {
    const url = await serve((_request, response) => response.end('something else'));
    const images = await catalogue({ far: { url, sha256 } });
    await expect(images.resolve('far')).rejects.toMatchObject({ data: { code: 'image-unreadable' } });
    expect(await readdir(join(folder, 'cache/images'))).toEqual([]);
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
