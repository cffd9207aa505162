import { quoteArgv } from '../runner/quote.ts';

/** Exit codes by which a shell function says what became of its item; any other one is a failure too. */
export const itemCodes = { done: 0, already: 10, send: 11, taken: 12 } as const;

/**
 * Shell function `item INDEX NEEDS COMMAND…`: runs the command and prints one line about it. An item that needs a failed
 * one is skipped. `$work` is a folder of this execution; parallel items tell each other through it.
 */
export const itemFunction = `
item() {
  index=$1 needs=$2; shift 2
  for need in $needs; do
    if [ -e "$work/failed.$need" ]; then : >"$work/failed.$index"; echo "$index skipped"; return 0; fi
  done
  message=$("$@" 2>&1); status=$?
  case $status in
  ${itemCodes.done}) echo "$index done";;
  ${itemCodes.already}) echo "$index already";;
  *) : >"$work/failed.$index"
    printf '%s failed %s %s\\n' "$index" "$status" "$(printf %s "$message" | tail -c 1500 | tr '\\n' ' ')";;
  esac
}
`;

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
