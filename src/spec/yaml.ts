import {
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';

import type { DiagnosticCode } from '../messages/diagnostic-codes.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Entry, Locator, MapNode, Node, Span } from './document.ts';
import { type Environment, interpolate } from './interpolate.ts';
import { didYouMean } from '../model/similar.ts';
import { coreValue } from './yaml-scalar.ts';

/** A file longer than this is no project file. */
const longestText = 16 * 1024 * 1024;
/** How many values aliases may stand for together: an alias bomb has millions in a few lines. */
const mostAliased = 200_000;

interface Frame {
  readonly type: 'document' | 'list' | 'map';
  readonly start: number;
  readonly anchor: string | undefined;
  readonly nodes: Node[];
  /** Values below this node, aliases counted in full. */
  weight: number;
}

/** Reads YAML into values that know where they stand. All findings are collected; a broken text gives no document. */
export function parseYaml(
  locator: Locator,
  environment: Environment = {},
): { document?: Node; diagnostics: Diagnostic[] } {
  const { text } = locator;
  if (text.length > longestText) return rejected(locator, { start: 0, end: 1 }, 'yaml-too-large', tooLong(text.length));
  try {
    return new Composer(locator, environment).compose(parseEvents(text, { maxDepth: 100 }));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const start = error.mark?.position ?? 0;
    const { message, hint } = inOurWords(error.reason);
    return rejected(locator, { start, end: start + 1 }, 'yaml-syntax', message, hint);
  }
}

function tooLong(length: number): string {
  return `the file has ${length} characters; the most a project file may have is ${longestText}`;
}

function rejected(
  locator: Locator,
  span: Span,
  code: DiagnosticCode,
  message: string,
  hint?: string,
): { diagnostics: Diagnostic[] } {
  const position = locator.position(span);
  return { diagnostics: [{ severity: 'error', code, message, position, ...(hint === undefined ? {} : { hint }) }] };
}

/** What js-yaml's words mean for somebody who writes a project file. */
function inOurWords(reason: string): { message: string; hint?: string } {
  if (reason.startsWith('tab characters')) return { message: 'a tab indents this line', hint: 'indent with spaces' };
  if (reason.startsWith('bad indentation')) {
    const hint = 'quote a text that holds `: `, and line entries of one map up under each other';
    return { message: 'this does not go on where it stands', hint };
  }
  if (reason.startsWith('deficient indentation')) {
    return { message: 'something is still open here', hint: 'a bracket or quote is not closed before this line' };
  }
  if (reason.includes('null byte')) return { message: 'there is a NUL byte', hint: 'this is no text file' };
  if (reason.includes('non-printable'))
    return { message: 'there is a control character', hint: 'this is no text file' };
  if (reason.startsWith('nesting exceeded')) return { message: 'there are more than 100 levels' };
  return { message: reason };
}

class Composer {
  readonly #locator: Locator;
  readonly #environment: Environment;
  readonly #diagnostics: Diagnostic[] = [];
  readonly #anchors = new Map<string, { node: Node; weight: number }>();
  readonly #stack: Frame[] = [];
  #end = 0;
  #documents = 0;
  #aliased = 0;
  #stopped = false;
  #errors = 0;
  #result: Node | undefined;

  constructor(locator: Locator, environment: Environment) {
    this.#locator = locator;
    this.#environment = environment;
  }

  compose(events: readonly Event[]): { document?: Node; diagnostics: Diagnostic[] } {
    for (const event of events) {
      this.#take(event);
      if (this.#stopped || this.#errors >= 100) break;
    }
    const diagnostics = this.#diagnostics;
    if (this.#errors > 0) return { diagnostics };
    if (!this.#result) return rejected(this.#locator, { start: 0, end: 1 }, 'yaml-empty', 'the file is empty');
    return { document: this.#result, diagnostics };
  }

  #take(event: Event): void {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        this.#documents += 1;
        if (this.#documents === 2)
          this.#fault(
            { start: this.#end, end: this.#end + 1 },
            'yaml-documents',
            'there is a second document; a project file has one',
          );
        this.#push('document', this.#end, undefined);
        break;
      case EVENT_ID.SEQUENCE:
        this.#checkTag(event);
        this.#push('list', event.start, this.#anchorOf(event));
        break;
      case EVENT_ID.MAPPING:
        this.#checkTag(event);
        this.#push('map', event.start, this.#anchorOf(event));
        break;
      case EVENT_ID.SCALAR:
        this.#scalar(event);
        break;
      case EVENT_ID.ALIAS:
        this.#alias({ start: event.anchorStart - 1, end: event.anchorEnd });
        break;
      case EVENT_ID.POP:
        this.#pop();
        break;
    }
  }

  #push(type: Frame['type'], start: number, anchor: string | undefined): void {
    this.#stack.push({ type, start, anchor, nodes: [], weight: 1 });
    this.#end = Math.max(this.#end, start);
  }

  #pop(): void {
    const frame = this.#stack.pop()!;
    if (frame.type === 'document') {
      this.#result ??= frame.nodes[0];
      return;
    }
    const span = { start: frame.start, end: Math.max(this.#end, frame.start + 1) };
    this.#add(
      frame.type === 'list' ? { type: 'list', items: frame.nodes, ...span } : this.#map(frame, span),
      frame.weight,
      frame.anchor,
    );
  }

  #add(node: Node, weight: number, anchor: string | undefined): void {
    const parent = this.#stack.at(-1)!;
    parent.nodes.push(node);
    parent.weight += weight;
    if (anchor !== undefined) this.#anchors.set(anchor, { node, weight });
  }

  #scalar(event: ScalarEvent): void {
    this.#checkTag(event);
    const absent = event.valueStart < 0;
    const span = absent ? { start: this.#end, end: this.#end + 1 } : { start: event.valueStart, end: event.valueEnd };
    this.#end = Math.max(this.#end, absent ? this.#end : event.valueEnd);
    const text = absent ? '' : this.#filled(getScalarValue(this.#locator.text, event), span);
    const plain = event.style === SCALAR_STYLE.PLAIN && event.tagStart < 0;
    this.#add({ type: 'scalar', text, value: plain ? coreValue(text) : text, ...span }, 1, this.#anchorOf(event));
  }

  /** `${PWD}` is left to those who know the project's folder. */
  #filled(text: string, span: Span): string {
    if (!text.includes('${')) return text;
    const { text: filled, unset, refused } = interpolate(text, this.#environment);
    if (refused !== undefined) this.#fault(span, 'variable-required', refused);
    for (const name of unset) {
      if (name === 'PWD') continue;
      const message = `\`${name}\` is not set, so \`\${${name}}\` stays as it is`;
      const hint = `\${${name}:-default} gives it a value`;
      this.#diagnostics.push({
        severity: 'warning',
        code: 'variable-unset',
        message,
        position: this.#locator.position(span),
        hint,
      });
    }
    return filled;
  }

  #alias(span: Span): void {
    this.#end = Math.max(this.#end, span.end);
    const name = this.#locator.text.slice(span.start + 1, span.end);
    const target = this.#anchors.get(name);
    if (!target) {
      const inside = this.#stack.some((frame) => frame.anchor === name);
      const message = inside
        ? `alias *${name} stands inside what it names`
        : `there is no anchor &${name} above this alias`;
      this.#fault(span, 'yaml-alias', message, didYouMean(name, this.#anchors.keys()));
      // Something must stand here, or the keys after it would be taken for values.
      this.#add({ type: 'map', entries: [], ...span }, 1, undefined);
      return;
    }
    this.#aliased += target.weight;
    if (this.#aliased > mostAliased) {
      this.#fault(span, 'yaml-alias-bomb', `aliases stand for more than ${mostAliased} values`);
      this.#stopped = true;
      return;
    }
    this.#add(target.node, target.weight, undefined);
  }

  #map(frame: Frame, span: Span): MapNode {
    const own = new Map<string, Entry>();
    const merged: Entry[] = [];
    for (let i = 0; i + 1 < frame.nodes.length; i += 2) {
      const key = frame.nodes[i]!;
      const value = frame.nodes[i + 1]!;
      if (key.type !== 'scalar') {
        this.#fault(key, 'yaml-key', 'a key must be a plain word');
      } else if (key.value === '<<') {
        merged.push(...this.#merge(value));
      } else if (own.has(key.text)) {
        const first = this.#locator.position(own.get(key.text)!.at);
        this.#fault(
          key,
          'yaml-duplicate-key',
          `key \`${key.text}\` is written twice`,
          `it is on line ${first.line} already`,
        );
      } else {
        own.set(key.text, { key: key.text, at: { start: key.start, end: key.end }, value });
      }
    }
    // What is written here wins over what is merged in; of two merged maps the first wins.
    for (const entry of merged) if (!own.has(entry.key)) own.set(entry.key, entry);
    return { type: 'map', entries: [...own.values()], ...span };
  }

  #merge(value: Node): readonly Entry[] {
    if (value.type === 'map') return value.entries;
    if (value.type === 'list') return value.items.flatMap((item) => this.#merge(item));
    this.#fault(value, 'yaml-merge', '`<<` takes a map or a list of maps, usually an alias such as *defaults');
    return [];
  }

  #anchorOf({ anchorStart, anchorEnd }: { anchorStart: number; anchorEnd: number }): string | undefined {
    return anchorStart < 0 ? undefined : this.#locator.text.slice(anchorStart, anchorEnd);
  }

  #checkTag({ tagStart, tagEnd }: { tagStart: number; tagEnd: number }): void {
    if (tagStart < 0) return;
    const tag = this.#locator.text.slice(tagStart, tagEnd);
    if (['!!str', '!!map', '!!seq', '!'].includes(tag)) return;
    this.#fault(
      { start: tagStart, end: tagEnd },
      'yaml-tag',
      `tag ${tag} means nothing here`,
      'write the value without it',
    );
  }

  #fault(span: Span, code: DiagnosticCode, message: string, hint?: string): void {
    this.#errors += 1;
    const position = this.#locator.position(span);
    this.#diagnostics.push({ severity: 'error', code, message, position, ...(hint === undefined ? {} : { hint }) });
  }
}
