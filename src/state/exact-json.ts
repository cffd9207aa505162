/** A string, or a number: what may look like a number inside a string must not be taken for one. */
const tokens = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** In front of a number's digits; JSON itself never has it unescaped in a text. */
const label = '\u0000integer:';

/**
 * Parses JSON; whole numbers too long for a `number` become a `bigint` with all their digits. The original writes 64-bit
 * hashes into its state. Throws SyntaxError.
 */
export function parseExactJson(text: string): unknown {
  const marked = text.replace(tokens, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? JSON.stringify(label + token) : token,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(label) ? BigInt(value.slice(label.length)) : value,
  );
}
