import { quoteWord } from './quote.ts';

/**
 * Lines that give a shell program the constants it shares with the code, to be put before it. Their names are in
 * capitals, by which shellcheck knows that they come from elsewhere. Never data of a deployment: that comes as
 * arguments or on standard input.
 */
export function shellConstants(constants: Readonly<Record<Uppercase<string>, string | number>>): string {
  return Object.entries(constants)
    .map(([name, value]) => `${name}=${quoteWord(String(value))}\n`)
    .join('');
}
