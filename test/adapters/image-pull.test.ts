import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { createImages } from '../../src/adapters/images/images.ts';
import type { ImagePin, ImageToPull } from '../../src/model/image.ts';
import { type Answer, type ImageServer, imageServer } from '../support/image-server.ts';
import type { Images, Pulled } from '../../src/ports/project.ts';

let server: ImageServer;
let folder: string;
let images: Images;

const image = Buffer.concat([Buffer.from('QFI\u00fb', 'latin1'), Buffer.alloc(200_000, 3)]);
image.writeBigUInt64BE(0n, 8);
const hash = (algorithm: string, content: Buffer | string = image): string =>
  createHash(algorithm).update(content).digest('hex');
const sha256 = hash('sha256');
const sha512 = hash('sha512');
const other = hash('sha256', 'something else');

beforeAll(async () => {
  server = await imageServer();
});

afterAll(() => server.close());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-pull-'));
  server.asked.length = 0;
  server.answers.clear();
  server.answers.set('/far.img', image);
  server.answers.set('/SUMS', `${sha256}  far.img\n`);
  images = await catalogue({ url: `${server.url}/far.img`, list: `${server.url}/SUMS` });
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A catalogue with the one image `far`. */
async function catalogue(entry: object, silenceMs = 5000): Promise<Images> {
  const catalogueFile = join(folder, 'images.yaml');
  await writeFile(catalogueFile, JSON.stringify({ images: { far: entry } }));
  return createImages({ cacheFolder: join(folder, 'cache'), catalogueFile, http: { ca: server.ca, silenceMs } });
}

/** What `far` comes to where it is not pulled yet. */
async function wanted(pin?: ImagePin): Promise<ImageToPull> {
  const found = await images.resolve('far', pin);
  if (!found || !('toPull' in found)) throw new Error('it is there already');
  return found;
}

const pull = async (pin?: ImagePin): Promise<Pulled> => images.pull(await wanted(pin));

function pinTo(own: Partial<ImagePin> = {}): ImagePin {
  const [url, list] = [`${server.url}/far.img`, `${server.url}/SUMS`];
  return { url, sha256, size: image.length, list, pinned: '2026-11-28', ...own };
}

const cached = async (): Promise<string[]> =>
  (await readdir(join(folder, 'cache/images')).catch(() => [])).sort((a, b) => (a < b ? -1 : 1));

describe('looking', () => {
  test('asks no network, whatever is known of the image', async () => {
    expect(await wanted()).toMatchObject({ name: 'far', expected: { by: 'list', list: `${server.url}/SUMS` } });
    expect(await wanted(pinTo())).toMatchObject({ expected: { by: 'pin', content: { sha256, size: image.length } } });
    images = await catalogue({ url: `${server.url}/far.img`, sha256 });
    expect(await wanted()).toMatchObject({ expected: { by: 'catalogue', content: { sha256 } } });
    expect(server.asked).toEqual([]);
  });

  test('finds what was pulled and is pinned', async () => {
    await pull();
    const source = join(folder, 'cache/images', sha256);
    const found = { name: 'far', format: 'qcow2', sha256, size: image.length, source };
    expect(await images.resolve('far', pinTo())).toEqual(found);
  });

  test('says that what lies damaged in the cache is to be pulled, and pulling mends it', async () => {
    await pull();
    await writeFile(join(folder, 'cache/images', sha256), 'damaged');
    expect((await pull(pinTo())).image.sha256).toBe(sha256);
  });

  test('refuses a file or a checksum of the catalogue that is not the pinned one, with both hashes', async () => {
    const pin = pinTo({ sha256: other });
    await writeFile(join(folder, 'far.img'), image);
    for (const entry of [{ file: 'far.img' }, { url: `${server.url}/far.img`, sha256 }]) {
      images = await catalogue(entry);
      const refused = images.resolve('far', pin);
      await expect(refused).rejects.toMatchObject({ data: { code: 'image-pin', object: 'far' } });
      await expect(refused).rejects.toThrow(new RegExp(`${sha256}.*${other}`));
    }
  });
});

describe('an image without a pin', () => {
  test.each([
    ['HASH  name', () => `${other}  other.img\n${sha256}  far.img\n`, {}],
    ['HASH *name', () => `${sha256.toUpperCase()} *far.img\n`, {}],
    ['HASH  ./name', () => `${sha256}  ./far.img\r\n`, {}],
    ['SHA256 (name)', () => `# far.img: 9 bytes\nSHA256 (far.img) = ${sha256}\nSHA256 (a.img) = ${other}\n`, {}],
    ['SHA-512', () => `${sha512}  far.img\n`, { sha512 }],
    ['SHA512 (name)', () => `SHA256 (far.img) = ${sha256}\nSHA512 (far.img) = ${sha512}\n`, { sha512 }],
    ['the same twice', () => `${sha256}  far.img\n${sha256} *far.img\n`, {}],
  ])("is checked against its publisher's list and gives a pin: %s", async (_form, list, more) => {
    server.answers.set('/SUMS', list());
    const { image: found, pin } = await pull();
    expect(found).toMatchObject({ name: 'far', format: 'qcow2', sha256, size: image.length });
    const [url, listed] = [`${server.url}/far.img`, `${server.url}/SUMS`];
    expect(pin).toEqual({ url, sha256, ...more, size: image.length, list: listed });
    expect(server.asked).toEqual(['/SUMS', '/far.img']);
  });

  test.each([
    ['does not name it', () => `${sha256}  far.img.xz\n${sha256}  a/far.img\n`, 'does not name far.img'],
    ['names it in a sentence', () => `the file ${sha256}  far.img\n`, 'does not name far.img'],
    ['gives two checksums', () => `${sha256}  far.img\n${other}  far.img\n`, `${sha256} and ${other}`],
    ['gives something shorter', () => `${sha256.slice(1)}  far.img\n`, 'does not name far.img'],
  ])('is not fetched when the list %s', async (_case, list, why) => {
    server.answers.set('/SUMS', list());
    await expect(pull()).rejects.toMatchObject({ data: { code: 'image-missing', class: 'permanent' } });
    await expect(pull()).rejects.toThrow(why);
    expect(server.asked).not.toContain('/far.img');
  });

  test('is refused and removed when its hash is not the one of the list, with both hashes', async () => {
    server.answers.set('/far.img', 'something else');
    const error: unknown = await pull().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ data: { code: 'image-unreadable', class: 'permanent' } });
    expect((error as Error).message).toMatch(new RegExp(`${other}, not ${sha256} as ${server.url}/SUMS says`));
    expect(await cached()).toEqual([]);
  });

  test('is refused when its list has moved away from TLS', async () => {
    const plain = createServer((_request, response) => response.end(`${sha256}  far.img\n`)).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const location = `http://127.0.0.1:${(plain.address() as AddressInfo).port}/SUMS`;
    server.answers.set('/SUMS', (_request, response) => response.writeHead(302, { location }).end());
    await expect(pull()).rejects.toThrow(`it leads to ${location}, which is not https`);
    plain.close();
  });

  test('is refused when the certificate of its publisher is not trusted', async () => {
    const catalogueFile = join(folder, 'images.yaml');
    const strict = createImages({ cacheFolder: join(folder, 'cache'), catalogueFile });
    await expect(strict.pull(await wanted())).rejects.toMatchObject({
      data: { code: 'image-missing', class: 'transient' },
    });
    expect(server.asked).toEqual([]);
  });

  test('is not fetched by a list without end', async () => {
    server.answers.set('/SUMS', 'x'.repeat(5 * 1024 * 1024));
    await expect(pull()).rejects.toThrow('it is longer than');
  });
});

describe('an image with a pin', () => {
  test('is checked against the pin, and the list is not fetched', async () => {
    server.answers.set('/SUMS', `${other}  far.img\n`);
    const { image: found, pin } = await pull(pinTo());
    expect([found.sha256, pin]).toEqual([sha256, undefined]);
    expect(server.asked).toEqual(['/far.img']);
  });

  test('of SHA-512 is checked against that', async () => {
    const { image: found } = await pull(pinTo({ sha512 }));
    expect(found.sha256).toBe(sha256);
    expect(await images.resolve('far', pinTo({ sha512 }))).toEqual(found);
    await rm(join(folder, 'cache'), { recursive: true });
    await expect(pull(pinTo({ sha512: hash('sha512', 'x') }))).rejects.toMatchObject({ data: { code: 'image-pin' } });
  });

  test('is refused and removed when its publisher has replaced it, saying how to pin anew', async () => {
    server.answers.set('/far.img', 'something else');
    server.answers.set('/SUMS', `${other}  far.img\n`);
    const error: unknown = await pull(pinTo()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ data: { code: 'image-pin', class: 'permanent' } });
    expect((error as Error).message).toContain(`${other}, not ${sha256} as kvm-compose.lock.yaml says`);
    expect(error).toHaveProperty('data.hint', expect.stringContaining('delete the entry far of kvm-compose.lock.yaml'));
    expect(await cached()).toEqual([]);
    expect(server.asked).toEqual(['/far.img']);
  });
});

describe('fetching', () => {
  /** Sends the first part, and goes on when some of it has been kept: what is on its way then may be lost. */
  const firstPart =
    (then: (response: Parameters<Answer>[1]) => void): Answer =>
    (_request, response) => {
      response.writeHead(200, { 'content-length': image.length });
      response.write(image.subarray(0, 50_000));
      void vi
        .waitFor(async () => {
          const sizes = await Promise.all((await cached()).map((name) => stat(join(folder, 'cache/images', name))));
          expect(Math.max(0, ...sizes.map(({ size }) => size))).toBeGreaterThan(0);
        })
        .finally(() => then(response));
    };
  const rest: Answer = ({ headers }, response) => {
    const from = Number(/\d+/.exec(headers.range ?? '')?.[0]);
    response.writeHead(206, { 'content-range': `bytes ${from}-${image.length - 1}/${image.length}` });
    response.end(image.subarray(from));
  };

  test('goes where it is sent, also away from TLS: the checksum decides', async () => {
    const plain = createServer((_request, response) => response.end(image)).listen(0, '127.0.0.1');
    await once(plain, 'listening');
    const location = `http://127.0.0.1:${(plain.address() as AddressInfo).port}/mirror`;
    server.answers.set('/far.img', (_request, response) => response.writeHead(302, { location }).end());
    expect((await pull()).image.sha256).toBe(sha256);
    plain.close();
  });

  test('ends when it is sent round and round', async () => {
    server.answers.set('/far.img', (_request, response) => response.writeHead(307, { location: '/far.img' }).end());
    await expect(pull()).rejects.toThrow('leads on and on');
  });

  test.each([
    [404, 'permanent'],
    [503, 'transient'],
  ])('tells what helps when the server answers %i', async (status, kind) => {
    server.answers.set('/far.img', (_request, response) => response.writeHead(status).end('not here'));
    await expect(pull()).rejects.toMatchObject({ data: { code: 'image-missing', class: kind } });
    expect(await cached()).toEqual([]);
  });

  test('goes on from where an attempt broke off', async () => {
    server.answers.set(
      '/far.img',
      firstPart((response) => response.destroy()),
    );
    await expect(pull()).rejects.toMatchObject({ data: { code: 'image-missing', class: 'transient' } });
    server.answers.set('/far.img', rest);
    expect((await pull()).image.size).toBe(image.length);
  });

  test('begins anew when the rest turns out to belong to another file', async () => {
    server.answers.set(
      '/far.img',
      firstPart((response) => response.destroy()),
    );
    await expect(pull(pinTo({ sha256: other }))).rejects.toMatchObject({ data: { class: 'transient' } });
    server.answers.set('/far.img', ({ headers }, response) => {
      if (headers.range === undefined) response.end('something else');
      else response.writeHead(206).end('else');
    });
    server.asked.length = 0;
    const probed = pull(pinTo({ sha256: other }));
    expect((await probed).image.sha256).toBe(other);
    expect(server.asked).toEqual(['/far.img', '/far.img']);
  });

  test('gives up on a server that sends nothing more, and tells so', async () => {
    images = await catalogue({ url: `${server.url}/far.img`, sha256 }, 100);
    server.answers.set(
      '/far.img',
      firstPart(() => undefined),
    );
    await expect(pull()).rejects.toMatchObject({ data: { code: 'image-missing', class: 'transient' } });
    await expect(pull()).rejects.toThrow('nothing came for 0.1 s');
    server.answers.set('/far.img', () => undefined);
    await expect(pull()).rejects.toThrow('nothing came for 0.1 s');
  });

  test('stops when it is cancelled, and the connection with it', async () => {
    const closed = new Promise<void>((resolve) => {
      server.answers.set('/far.img', (_request, response) => {
        response.writeHead(200, { 'content-length': image.length }).write(image.subarray(0, 1000));
        response.once('close', resolve);
      });
    });
    const stop = new AbortController();
    const pulling = images.pull(await wanted(), stop.signal);
    await server.askedFor('/far.img');
    stop.abort(new Error('cancelled'));
    await expect(pulling).rejects.toThrow('cancelled');
    await closed;
  });

  test('stops when it is cancelled while it waits for the list', async () => {
    server.answers.set('/SUMS', () => undefined);
    const stop = new AbortController();
    const pulling = images.pull(await wanted(), stop.signal);
    await server.askedFor('/SUMS');
    stop.abort(new Error('cancelled'));
    await expect(pulling).rejects.toThrow('cancelled');
  });

  test('is done once for all who want it at once', async () => {
    const found = await Promise.all([pull(), pull(), pull(pinTo())]);
    expect(found.map((each) => each.image.sha256)).toEqual([sha256, sha256, sha256]);
    expect(server.asked.filter((path) => path === '/far.img')).toHaveLength(1);
  });

  test('begins anew for who comes after all others were cancelled', async () => {
    server.answers.set('/far.img', (_request, response) => void response.writeHead(200).write('QFI'));
    const stop = new AbortController();
    const want = await wanted(pinTo());
    const first = images.pull(want, stop.signal);
    await server.askedFor('/far.img');
    stop.abort(new Error('cancelled'));
    const second = images.pull(want);
    await expect(first).rejects.toThrow('cancelled');
    server.answers.set('/far.img', image);
    expect((await second).image.sha256).toBe(sha256);
  });
});
