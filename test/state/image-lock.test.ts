import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import type { ImagePin } from '../../src/model/image.ts';
import { parseImageLock } from '../../src/spec/image-lock.ts';
import { encodeImageLock, imageLockName } from '../../src/state/image-lock.ts';

const pin: ImagePin = {
  url: 'https://images.example/jammy.img',
  sha256: 'a'.repeat(64),
  size: 681_574_400,
  list: 'https://images.example/SHA256SUMS',
  pinned: '2026-11-28',
};

const read = (text: string) => parseImageLock(text, imageLockName);

describe('the lock file', () => {
  test('is read by people, an entry for each image, by name', () => {
    const bookworm = { ...pin, sha512: 'b'.repeat(128) };
    expect(
      encodeImageLock(
        new Map([
          ['ubuntu_22_04', pin],
          ['debian_12', bookworm],
        ]),
      ),
    ).toMatchInlineSnapshot(`
      "# Written by kvm-compose when it pulls an image for the first time, so that everyone gets the same content.
      # Keep this file with the project. To pin an image anew, delete its entry: the next \`up\` reads its publisher's list.
      images:
        debian_12:
          url: https://images.example/jammy.img
          sha256: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          sha512: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
          size: 681574400
          list: https://images.example/SHA256SUMS
          pinned: "2026-11-28"
        ubuntu_22_04:
          url: https://images.example/jammy.img
          sha256: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          size: 681574400
          list: https://images.example/SHA256SUMS
          pinned: "2026-11-28"
      "
    `);
  });

  test('with nothing in it is one still', () => {
    expect(read(encodeImageLock(new Map()))).toEqual({ pins: new Map(), diagnostics: [] });
  });

  test('means what it was written from, to us and to every reader of YAML', () => {
    const hex = (length: number) =>
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length });
    const name = fc.string({ minLength: 1 }).filter((text) => !text.startsWith('x-') && !text.includes('${'));
    const pins = fc.dictionary(
      fc.oneof(name, fc.constantFrom('true', 'null', '1e5', '007', 'a: b', '#', '__proto__x', 'ü')),
      fc.record({
        url: fc.webUrl({ withQueryParameters: true, withFragments: true }),
        sha256: fc.oneof(hex(64), fc.constant(`1e${'5'.repeat(62)}`), fc.constant('0'.repeat(64))),
        size: fc.maxSafeNat(),
        list: fc.webUrl(),
        pinned: fc.constant('2026-11-28'),
      }),
    );
    fc.assert(
      fc.property(pins, (entries) => {
        const text = encodeImageLock(new Map(Object.entries(entries)));
        expect(read(text)).toEqual({ pins: new Map(Object.entries(entries)), diagnostics: [] });
        expect(load(text)).toEqual({ images: entries });
      }),
    );
  });

  test('does not depend on the order in which images were pulled', () => {
    const both = [['a', pin] as const, ['b', pin] as const];
    expect(encodeImageLock(new Map(both))).toBe(encodeImageLock(new Map(both.reverse())));
  });

  test.each([
    ['a merge left half-way', '<<<<<<< ours\nimages:\n', 2],
    ['a checksum cut short', `images:\n  a: { url: u, sha256: abc, size: 1, list: l, pinned: d }\n`, 2],
    ['no checksum', `images:\n  a: { url: u, size: 1, list: l, pinned: d }\n`, 2],
    ['no size', `images:\n  a:\n    url: u\n    sha256: ${pin.sha256}\n    list: l\n    pinned: d\n`, 3],
  ])('with %s is refused, with the line', (_what, text, line) => {
    const { pins, diagnostics } = read(text);
    expect(pins).toBeUndefined();
    expect(diagnostics[0]).toMatchObject({ severity: 'error', position: { file: imageLockName, line } });
  });
});
