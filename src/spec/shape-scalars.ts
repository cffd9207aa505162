import { didYouMean } from '../model/similar.ts';
import { type Shape, shown, wrongType } from './shape.ts';

/** A text. Unquoted numbers and words such as `true` count as what was written. */
export const text: Shape<string> = {
  json: { type: ['string', 'number', 'boolean'] },
  read: (node, reading, name) =>
    node.type === 'scalar' && node.value !== null ? node.text : wrongType(node, reading, name, 'a text'),
};

/** A whole number within limits. */
export function integer({ min = 0, max = 4_294_967_295 }: { min?: number; max?: number } = {}): Shape<number> {
  const wanted = max === 4_294_967_295 ? `a whole number, at least ${min}` : `a whole number from ${min} to ${max}`;
  return {
    json: {
      anyOf: [
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: '\\$\\{' },
      ],
    },
    read: (node, reading, name) => {
      const value = node.type === 'scalar' ? node.value : undefined;
      if (typeof value !== 'number' || !Number.isInteger(value)) {
        const isQuoted = typeof value === 'string' && /^\d+$/.test(value);
        return wrongType(node, reading, name, wanted, isQuoted ? 'write it without quotes' : undefined);
      }
      if (value >= min && value <= max) return value;
      reading.report(node, { code: 'out-of-range', message: `\`${name}\` must be ${wanted}, not ${shown(node)}` });
      return undefined;
    },
  };
}

/** true or false. */
export const flag: Shape<boolean> = {
  json: { type: 'boolean' },
  read: (node, reading, name) => {
    const value = node.type === 'scalar' ? node.value : undefined;
    return typeof value === 'boolean' ? value : wrongType(node, reading, name, '`true` or `false`');
  },
};

/** One of a few words. */
export function choice<const T extends string>(words: readonly T[]): Shape<T> {
  return {
    json: { enum: words },
    read: (node, reading, name) => {
      const word = node.type === 'scalar' ? words.find((each) => each === node.text) : undefined;
      if (word !== undefined) return word;
      const wanted = words.map((each) => `\`${each}\``).join(', ');
      const hint = node.type === 'scalar' ? didYouMean(node.text, words) : undefined;
      const message = `\`${name}\` must be one of ${wanted}, not ${shown(node)}`;
      reading.report(node, { code: 'unknown-word', message, hint: hint?.startsWith('did') ? hint : undefined });
      return undefined;
    },
  };
}
