import { readProgram } from '../../programs/read-program.ts';
import { shellConstants } from '../runner/constants.ts';
import { quoteArgv } from '../runner/quote.ts';

/** Exit codes by which a shell function says what became of its item; any other one is a failure too. */
export const itemCodes = { done: 0, already: 10, send: 11, taken: 12 } as const;

/** The shell function `item`, for programs that have set `$work`. */
export const itemFunction =
  shellConstants({ ITEM_DONE: itemCodes.done, ITEM_ALREADY: itemCodes.already }) +
  readProgram(import.meta.url, './item.sh');

/** A call of the `item` function. */
export function itemCall(index: number, needs: readonly number[], words: readonly string[]): string {
  return quoteArgv(['item', String(index), needs.join(' '), ...words]);
}

/** Calls that may run at the same time, in a few lanes. */
export function inLanes(calls: readonly string[], most: number): string {
  if (calls.length <= 1) return calls.join('\n');
  const count = Math.min(most, calls.length);
  const lanes = Array.from({ length: count }, (_, lane) => calls.filter((_call, index) => index % count === lane));
  return [...lanes.map((lane) => `(\n${lane.join('\n')}\n) &`), 'wait'].join('\n');
}

/** What a line of the `item` function says. */
export interface ItemLine {
  readonly index: number;
  readonly status: 'done' | 'already' | 'skipped' | 'failed';
  readonly code: number;
  readonly text: string;
}

/** Reads a line of the `item` function; undefined for anything else. */
export function parseItemLine(line: string): ItemLine | undefined {
  const found = /^(\d+) (?:(done|already|skipped)|failed (\d+) (.*))$/.exec(line);
  if (!found) return undefined;
  const [, index, status, code, text] = found;
  return {
    index: Number(index),
    status: (status ?? 'failed') as ItemLine['status'],
    code: Number(code ?? 0),
    text: (text ?? '').trim(),
  };
}
