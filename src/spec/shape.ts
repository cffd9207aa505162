import type { DiagnosticCode } from '../messages/diagnostic-codes.ts';
import type { Diagnostic, Position, Where } from '../model/diagnostic.ts';
import type { Defaults } from './defaults.ts';
import type { Locator, Node, Span } from './document.ts';

/** A finding before it has a position. */
export interface Finding {
  readonly severity?: Diagnostic['severity'];
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Collects what is found while a document is read. */
export class Reading {
  readonly diagnostics: Diagnostic[] = [];

  readonly locator: Locator;
  /** From the project's folder to the file's own, which its paths are meant from. */
  readonly folder: string;
  /** What machines have that do not say otherwise. */
  defaults: Defaults;

  constructor(locator: Locator, { folder = '', defaults = {} }: { folder?: string; defaults?: Defaults } = {}) {
    this.locator = locator;
    this.folder = folder;
    this.defaults = defaults;
  }

  /** Says something about a piece of the text. */
  report(span: Span, finding: Finding): void {
    this.note(this.locator.position(span), finding);
  }

  /** Says something about a position that is known already. */
  note(position: Position, { severity = 'error', code, message, hint }: Finding): void {
    this.diagnostics.push({ severity, code, message, position, ...(hint === undefined ? {} : { hint }) });
  }

  /** Finds parts of a value in the text, as long as the model lives. */
  whereOf(node: Node): Where {
    return (...path) => this.locator.position(spanAt(node, path));
  }

  /** Position of a span. */
  position(span: Span): Position {
    return this.locator.position(span);
  }
}

function spanAt(node: Node, path: readonly (string | number)[]): Span {
  let span: Node = node;
  for (const step of path) {
    const next: Node | undefined =
      span.type === 'map'
        ? span.entries.find(({ key }) => key === step)?.value
        : span.type === 'list'
          ? span.items[Number(step)]
          : undefined;
    if (!next) break;
    span = next;
  }
  return span;
}

/** JSON Schema (draft 2020-12), as far as we use it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * What a value must look like. Reading gives the value, or undefined after everything wrong with it was reported.
 * `name` is what the value is called in messages: its key, mostly.
 */
export interface Shape<T> {
  read(node: Node, reading: Reading, name: string): T | undefined;
  readonly json: JsonSchema;
}

/** The type a shape reads. */
export type Read<S> = S extends Shape<infer T> ? T : never;

/** Adds what a shape means for a person; editors show it. */
export function about<T>(text: string, shape: Shape<T>): Shape<T> {
  return { ...shape, json: { ...shape.json, description: text } };
}

/** Refuses values that have the right type and are wrong all the same. */
export function checked<T>(shape: Shape<T>, check: (value: T) => Finding | undefined, json: JsonSchema = {}): Shape<T> {
  return {
    json: { ...shape.json, ...json },
    read: (node, reading, name) => {
      const value = shape.read(node, reading, name);
      const finding = value === undefined ? undefined : check(value);
      if (!finding) return value;
      reading.report(node, finding);
      return finding.severity === undefined || finding.severity === 'error' ? undefined : value;
    },
  };
}

/** Turns what a shape reads into what the model wants. */
export function turned<T, U>(shape: Shape<T>, turn: (value: T) => U): Shape<U> {
  return {
    json: shape.json,
    read: (node, reading, name) => {
      const value = shape.read(node, reading, name);
      return value === undefined ? undefined : turn(value);
    },
  };
}

/** One of two shapes; which one is told from the value itself. */
export function union<T, U>(isFirst: (node: Node) => boolean, first: Shape<T>, second: Shape<U>): Shape<T | U> {
  return {
    json: { anyOf: [first.json, second.json] },
    read: (node, reading, name) => (isFirst(node) ? first : second).read(node, reading, name),
  };
}

/** Reports a value of the wrong type. */
export function wrongType(node: Node, reading: Reading, name: string, wanted: string, hint?: string): undefined {
  reading.report(node, { code: 'wrong-type', message: `${called(name)} must be ${wanted}, not ${shown(node)}`, hint });
  return undefined;
}

/** What a value is called in a message: its key as it is written, or a few words. */
export function called(name: string): string {
  return name.includes(' ') ? name : `\`${name}\``;
}

/** A value as a message shows it. */
export function shown(node: Node): string {
  if (node.type === 'map') return node.entries.length === 0 ? 'an empty map' : 'a map';
  if (node.type === 'list') return node.items.length === 0 ? 'an empty list' : 'a list';
  if (node.value === null) return 'empty';
  const text = node.text.length > 60 ? `${node.text.slice(0, 59)}…` : node.text;
  return typeof node.value === 'string' ? JSON.stringify(text) : text;
}
