import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The text of a shell program that lies beside the source that uses it. From the sources it is read when the module is
 * loaded. scripts/build.mjs puts the text in the place of the call, so that built programs read no file: there the
 * arguments have to be `import.meta.url` and a literal.
 */
export function readProgram(from: string, name: `./${string}.sh`): string {
  return readFileSync(fileURLToPath(new URL(name, from)), 'utf8');
}
