import { stripVTControlCharacters } from 'node:util';

/** Longest line of a guest's that is passed on. */
const longest = 4000;

/** A line a guest printed, of bounded length and harmless where it ends: in people's terminals. */
export function printable(line: string): string {
  const plain = stripVTControlCharacters(line.slice(0, 2 * longest)).replace(/\p{Cc}/gu, (one) =>
    one === '\t' ? one : '',
  );
  return plain.length > longest ? `${plain.slice(0, longest)}…` : plain;
}
