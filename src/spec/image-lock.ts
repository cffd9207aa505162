import type { Diagnostic } from '../model/diagnostic.ts';
import type { ImagePin } from '../model/image.ts';
import { Locator } from './document.ts';
import { checked, Reading, type Shape } from './shape.ts';
import { namedRecords, optional, record, required } from './shape-collections.ts';
import { integer, text } from './shape-scalars.ts';
import { parseYaml } from './yaml.ts';

function hexadecimal(length: number): Shape<string> {
  const right = new RegExp(`^[0-9a-f]{${length}}$`);
  return checked(text, (value) =>
    right.test(value) ? undefined : { code: 'wrong-type', message: `a checksum has ${length} digits from 0 to f` },
  );
}

const pinShape = record({
  url: required(text),
  sha256: required(hexadecimal(64)),
  sha512: optional(hexadecimal(128)),
  size: required(integer({ max: Number.MAX_SAFE_INTEGER })),
  list: required(text),
  pinned: required(text),
});

const lockShape = record({ images: required(namedRecords(pinShape)) });

/** Reads a lock file: pins by the images' names. */
export function parseImageLock(
  source: string,
  file: string,
): { pins?: ReadonlyMap<string, ImagePin>; diagnostics: readonly Diagnostic[] } {
  const locator = new Locator(source, file);
  const { document, diagnostics } = parseYaml(locator);
  if (!document) return { diagnostics };
  const reading = new Reading(locator);
  const read = lockShape.read(document, reading, 'the lock file');
  if (!read) return { diagnostics: reading.diagnostics };
  const pins = read.images.map(({ name, at: _at, ...pin }) => [name, pin] as const);
  return { pins: new Map(pins), diagnostics: reading.diagnostics };
}
