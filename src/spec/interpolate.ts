/** Values for `${NAME}`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A text with its variables filled in, and what was wrong with them. */
export interface Interpolated {
  readonly text: string;
  /** Variables without a value and without a default. */
  readonly unset: readonly string[];
  /** What `${NAME:?message}` says. */
  readonly refused?: string;
}

/** One variable in a text, or `$${`. */
export const variable = /\$(\$(?=\{)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^{}]*))?\})/g;

/**
 * Fills in `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}` and `${NAME:?message}` as docker compose
 * does; `$${` stands for `${`. A bare `$NAME` is left alone, because OVN's address sets and scripts are written so, and
 * so is what has no value: `${PWD}` in a volume means the project's folder.
 */
export function interpolate(text: string, environment: Environment): Interpolated {
  const unset: string[] = [];
  let refused: string | undefined;
  const filled = text.replace(
    variable,
    (whole: string, escaped: string, name?: string, how: string = '', word: string = ''): string => {
      if (escaped === '$' || name === undefined) return '$';
      const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
      const there = value !== undefined && !(how.startsWith(':') && value === '');
      if (how.endsWith('+')) return there ? word : '';
      if (there) return value;
      if (how.endsWith('-')) return word;
      if (how.endsWith('?')) refused ??= `\`${name}\` is not set${word === '' ? '' : `: ${word}`}`;
      else unset.push(name);
      return whole;
    },
  );
  return { text: filled, unset, ...(refused === undefined ? {} : { refused }) };
}
