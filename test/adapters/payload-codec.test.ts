import type { Payload } from '@temporalio/common';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSigningCodec } from '../../src/adapters/payload-codec.ts';
import { isUnsigned } from '../../src/model/unsigned.ts';

const key = Buffer.alloc(32, 1);
const json = (value: unknown, encoding = 'json/plain'): Payload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from(JSON.stringify(value)),
});
const valueOf = (payload: Payload | undefined): unknown =>
  JSON.parse(Buffer.from(payload!.data!).toString()) as unknown;

describe('the signing codec', () => {
  test('gives back what it was given, whatever that is', async () => {
    const codec = createSigningCodec(key);
    const payload = fc.record({
      metadata: fc.dictionary(fc.string(), fc.uint8Array()),
      data: fc.option(fc.uint8Array(), { nil: undefined }),
    }) as fc.Arbitrary<Payload>;
    await fc.assert(
      fc.asyncProperty(fc.array(payload), async (payloads) => {
        const signed = await codec.encode(payloads);
        expect((await codec.decode(signed)).map(({ data }) => data)).toEqual(payloads.map(({ data }) => data));
      }),
    );
  });

  test('leaves data readable and its encoding in place', async () => {
    const [signed] = await createSigningCodec(key).encode([json({ a: 1 })]);
    expect(valueOf(signed)).toEqual({ a: 1 });
    expect(Buffer.from(signed!.metadata!['encoding']!).toString()).toBe('json/plain');
  });

  test('signs the same payload in the same way, so that stored histories can be read for ever', async () => {
    const [signed] = await createSigningCodec(Buffer.alloc(32, 7)).encode([json({ a: 1 })]);
    expect(Buffer.from(signed!.metadata!['kvm-compose-mac']!).toString('hex')).toMatchInlineSnapshot(
      `"30c2ee3cc076b6a698b2aa0a8f3d606ca33bb53199cbca66d7475abc4af176e3"`,
    );
  });

  test.each<[string, (signed: Payload) => Payload]>([
    ['no signature', ({ data }) => json(JSON.parse(Buffer.from(data!).toString()))],
    ['other data', (signed) => ({ ...signed, data: Buffer.from('{"a":2}') })],
    [
      'another encoding',
      (signed) => ({ ...signed, metadata: { ...signed.metadata, encoding: Buffer.from('binary/plain') } }),
    ],
    [
      'a byte moved from data to encoding',
      (signed) => ({
        data: signed.data!.subarray(1),
        metadata: {
          ...signed.metadata,
          encoding: Buffer.concat([signed.metadata!['encoding']!, signed.data!.subarray(0, 1)]),
        },
      }),
    ],
    [
      'a cut signature',
      (signed) => ({ ...signed, metadata: { ...signed.metadata, 'kvm-compose-mac': Buffer.alloc(3) } }),
    ],
    ['nothing at all', () => ({})],
  ])('refuses %s', async (_what, tamper) => {
    const codec = createSigningCodec(key);
    const [signed] = await codec.encode([json({ a: 1 })]);
    await expect(codec.decode([tamper(signed!)])).rejects.toMatchObject({ code: 'unsigned-input' });
  });

  test('refuses what was signed with another key', async () => {
    const signed = await createSigningCodec(Buffer.alloc(32, 2)).encode([json(1)]);
    await expect(createSigningCodec(key).decode(signed)).rejects.toMatchObject({ code: 'unsigned-input' });
  });

  test('marks for workers what it refuses, and only that', async () => {
    const codec = createSigningCodec(key, 'mark');
    const [good] = await codec.encode([json({ a: 1 })]);
    const decoded = await codec.decode([good!, json({ command: 'down' })]);
    expect(decoded.map((each) => isUnsigned(valueOf(each)))).toEqual([false, true]);
    expect(JSON.stringify(valueOf(decoded[1]))).not.toContain('down');
  });
});
