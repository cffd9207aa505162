import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type Frame, FrameReader, Lines } from '../../../src/adapters/runner/frame.ts';

const token = '0123456789abcdef';

/** Feeds bytes in pieces of the given sizes. */
function read(bytes: Buffer, sizes: readonly number[]): { frame: Frame | undefined; output: string } {
  const output: Buffer[] = [];
  const reader = new FrameReader(token, (chunk) => output.push(Buffer.from(chunk)));
  let frame: Frame | undefined;
  let from = 0;
  for (const size of [...sizes, bytes.length]) {
    frame ??= reader.push(bytes.subarray(from, from + size));
    from += size;
  }
  return { frame, output: Buffer.concat(output).toString('latin1') };
}

test('output and frame are told apart however the bytes are cut', () => {
  const noise = fc.array(fc.constantFrom('k', 'kc:', `kc:${token}`, '\n', 'exit:0:0', ':', 'text'), { maxLength: 12 });
  fc.assert(
    fc.property(noise, noise, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 }), (out, err, sizes) => {
      const printed = out.join('');
      // A script cannot print the marker: it does not know its execution's token.
      fc.pre(!printed.includes(`kc:${token}:`));
      const stderr = err.join('');
      const bytes = Buffer.from(`${printed}kc:${token}:exit:3:${stderr.length}\n${stderr}`, 'latin1');
      expect(read(bytes, sizes)).toEqual({ frame: { state: 'exit', code: 3, stderr }, output: printed });
    }),
  );
});

test('a connection cut anywhere is never taken for an ended execution', () => {
  const bytes = Buffer.from(`out\nkc:${token}:exit:0:5\nerror`);
  for (let length = 0; length < bytes.length; length += 1) {
    expect(read(bytes.subarray(0, length), []).frame).toBeUndefined();
  }
});

test('a script that prints another execution’s frame is not believed', () => {
  expect(read(Buffer.from('kc:ffffffffffffffff:exit:0:0\n'), []).frame).toBeUndefined();
});

test('lines come whole however they are cut, the last one without its newline too', () => {
  const lines: string[] = [];
  const reader = new Lines((line) => lines.push(line));
  for (const piece of ['a', 'b\nc', '\n\nd']) reader.push(Buffer.from(piece));
  reader.end();
  expect(lines).toEqual(['ab', 'c', '', 'd']);
});
