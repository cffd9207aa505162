import type { Position } from '../model/diagnostic.ts';

/** Offsets of a piece of text, end-exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A scalar: its text as written (decoded), and what YAML's core schema makes of it. */
export interface ScalarNode extends Span {
  readonly type: 'scalar';
  readonly text: string;
  readonly value: string | number | boolean | null;
}

/** A list. */
export interface ListNode extends Span {
  readonly type: 'list';
  readonly items: readonly Node[];
}

/** A key with its value. */
export interface Entry {
  readonly key: string;
  readonly at: Span;
  readonly value: Node;
}

/** A map, with keys in the order they were written. */
export interface MapNode extends Span {
  readonly type: 'map';
  readonly entries: readonly Entry[];
}

/** A value that knows where it stands. An alias is the very node its anchor names. */
export type Node = ScalarNode | ListNode | MapNode;

/** Turns offsets into lines and columns; the index of lines is made once. */
export class Locator {
  readonly #starts: number[] = [0];

  readonly text: string;
  readonly file: string;

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** Position of a span; what runs over the end of its first line is cut there. */
  position({ start, end }: Span): Position {
    const line = this.#lineOf(start);
    const from = this.#starts[line]!;
    const next = this.#starts[line + 1];
    const lineEnd = next === undefined ? this.text.length : next - 1;
    const length = Math.max(1, Math.min(end, lineEnd) - start);
    return { file: this.file, line: line + 1, column: start - from + 1, length };
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
