import type { Position, Where } from '../model/diagnostic.ts';
import type { Entry, MapNode, Node } from './document.ts';
import { didYouMean } from '../model/similar.ts';
import { called, type JsonSchema, type Reading, type Shape, turned, wrongType } from './shape.ts';

interface Field<T, Q extends 'required' | 'optional'> {
  readonly shape: Shape<T>;
  readonly need: Q;
  readonly missing?: (reading: Reading, node: Node) => T | undefined;
}

/** A key that must be there. */
export function required<T>(shape: Shape<T>): Field<T, 'required'> {
  return { shape, need: 'required' };
}

/** A key that may be absent or empty. */
export function optional<T>(shape: Shape<T>): Field<T, 'optional'> {
  return { shape, need: 'optional' };
}

/** A key that stands for a value when it is absent or empty. */
export function withDefault<T>(shape: Shape<T>, missing: () => T): Field<T, 'required'> {
  return { shape, need: 'required', missing };
}

/** A key that the file's defaults stand for, and that must be there where they do not. */
export function defaulting<T>(
  shape: Shape<T>,
  missing: (defaults: Reading['defaults'], at: Where) => T | undefined,
): Field<T, 'required'> {
  return { shape, need: 'required', missing: (reading, node) => missing(reading.defaults, reading.whereOf(node)) };
}

/** A key that may be absent, and that the file's defaults stand for then. */
export function optionalOr<T>(
  shape: Shape<T>,
  missing: (defaults: Reading['defaults']) => T | undefined,
): Field<T, 'optional'> {
  return { shape, need: 'optional', missing: (reading) => missing(reading.defaults) };
}

type Fields = Readonly<Record<string, Field<unknown, 'required' | 'optional'>>>;
type TypeOf<F> = F extends Field<infer T, 'required' | 'optional'> ? T : never;
type NeededKeys<F extends Fields> = { [K in keyof F]: F[K] extends Field<unknown, 'required'> ? K : never }[keyof F];

/** What a record reads: its fields, and where they stand. */
export type RecordOf<F extends Fields> = { readonly at: Where } & {
  readonly [K in NeededKeys<F>]: TypeOf<F[K]>;
} & { readonly [K in Exclude<keyof F, NeededKeys<F>>]?: TypeOf<F[K]> };

interface RecordOptions {
  /** Exactly one of these keys must be there. */
  readonly exactlyOne?: readonly string[];
  /** Keys the original accepts and ignores, with what to say about them. */
  readonly ignored?: Readonly<Record<string, string>>;
}

/** A map with known keys. Unknown ones are doubtful, `x-…` is free for anchors. */
export function record<const F extends Fields>(fields: F, options: RecordOptions = {}): Shape<RecordOf<F>> {
  const names = Object.keys(fields);
  return {
    json: recordJson(fields, options),
    read: (node, reading, name) => {
      if (node.type !== 'map') return wrongType(node, reading, name, `a map with ${listed(names.slice(0, 5))}`);
      const values: Record<string, unknown> = { at: reading.whereOf(node) };
      const written = new Map(node.entries.map((entry) => [entry.key, entry] as const));
      for (const entry of node.entries) reportUnknown(entry, fields, options, reading, name);
      let good = checkOne(node, written, options, reading, name);
      for (const key of names) {
        const { shape, need, missing } = fields[key]!;
        const entry = written.get(key);
        const chosen = options.exactlyOne?.includes(key) ?? false;
        const isThere = entry && (chosen || !isEmpty(entry.value, need, missing));
        const value = isThere ? shape.read(entry.value, reading, key) : missing?.(reading, node);
        if (value !== undefined) {
          values[key] = value;
        } else if (isThere) {
          good = false;
        } else if (need === 'required') {
          reading.report(headOf(node), { code: 'missing-key', message: `${called(name)} lacks \`${key}\`` });
          good = false;
        }
      }
      return good ? (values as RecordOf<F>) : undefined;
    },
  };
}

/** `key:` without a value is as good as no key where the key may be absent. */
function isEmpty(value: Node, need: string, missing: unknown): boolean {
  return value.type === 'scalar' && value.value === null && (need === 'optional' || missing !== undefined);
}

function headOf(node: MapNode): { start: number; end: number } {
  return node.entries[0]?.at ?? node;
}

function listed(names: readonly string[]): string {
  return names.map((each) => `\`${each}\``).join(', ');
}

function reportUnknown(entry: Entry, fields: Fields, options: RecordOptions, reading: Reading, name: string): void {
  const { key, at } = entry;
  if (Object.hasOwn(fields, key) || key.startsWith('x-')) return;
  const ignored = options.ignored && Object.hasOwn(options.ignored, key) ? options.ignored[key] : undefined;
  if (ignored !== undefined) {
    reading.report(at, { severity: 'warning', code: 'ignored-key', message: `\`${key}\` is ignored: ${ignored}` });
    return;
  }
  const hint = didYouMean(key, Object.keys(fields));
  reading.report(at, {
    severity: 'warning',
    code: 'unknown-key',
    message: `unknown key \`${key}\` in ${called(name)}`,
    hint,
  });
}

function checkOne(
  node: MapNode,
  written: ReadonlyMap<string, Entry>,
  options: RecordOptions,
  reading: Reading,
  name: string,
): boolean {
  const { exactlyOne } = options;
  if (!exactlyOne) return true;
  const found = exactlyOne.filter((key) => written.has(key));
  if (found.length === 1) return true;
  const wanted = `needs exactly one of ${listed(exactlyOne)}`;
  if (found.length === 0) {
    reading.report(headOf(node), { code: 'needs-one', message: `${called(name)} ${wanted}` });
  } else {
    reading.report(written.get(found[1]!)!.at, {
      code: 'needs-one',
      message: `${called(name)} ${wanted}, and has ${listed(found)}`,
    });
  }
  return false;
}

function recordJson(fields: Fields, options: RecordOptions): JsonSchema {
  const entries = Object.entries(fields);
  const needed = entries.filter(([, each]) => each.need === 'required' && !each.missing).map(([key]) => key);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([key, each]) => [key, each.shape.json])),
    ...(needed.length > 0 ? { required: needed } : {}),
    ...(options.exactlyOne ? { oneOf: options.exactlyOne.map((key) => ({ required: [key] })) } : {}),
    patternProperties: { '^x-': true },
    additionalProperties: false,
  };
}

/** A list. */
export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return {
    json: { type: 'array', items: item.json },
    read: (node, reading, name) => {
      if (node.type !== 'list') return wrongType(node, reading, name, 'a list');
      const values = node.items.map((each, index) => item.read(each, reading, `${name}[${index}]`));
      return values.includes(undefined) ? undefined : (values as T[]);
    },
  };
}

/** A map with keys of the user's choice; gives its entries in the order they were written. */
export function table<T>(value: Shape<T>): Shape<readonly { key: string; at: Position; value: T }[]> {
  return {
    json: { type: 'object', additionalProperties: value.json },
    read: (node, reading, name) => {
      if (node.type !== 'map') return wrongType(node, reading, name, 'a map');
      const own = node.entries.filter(({ key }) => !key.startsWith('x-'));
      const values = own.map((entry) => ({
        key: entry.key,
        at: reading.position(entry.at),
        value: value.read(entry.value, reading, entry.key),
      }));
      return values.some((each) => each.value === undefined)
        ? undefined
        : (values as { key: string; at: Position; value: T }[]);
    },
  };
}

/** A map whose keys are names: gives records that stand where their name does. */
export function namedRecords<T extends { readonly at: Where }>(
  value: Shape<T>,
): Shape<readonly (T & { name: string })[]> {
  return turned(table(value), (entries) =>
    entries.map(({ key, at, value: read }) => ({
      ...read,
      name: key,
      at: (...path) => (path.length === 0 ? at : read.at(...path)),
    })),
  );
}
