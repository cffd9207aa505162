/** One word that every POSIX shell reads as exactly this text. */
export function quoteWord(word: string): string {
  if (word.includes('\0')) throw new TypeError('a word for a shell cannot hold a NUL byte');
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A command line that every POSIX shell splits into exactly these words. */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ');
}
