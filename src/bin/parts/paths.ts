import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the package. Built programs lie in dist/bin, and bundling puts this code beside them. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** A built program. */
export function program(name: 'supervisor' | 'worker' | 'gateway'): string {
  return join(checkout, 'dist/bin', `${name}.js`);
}

/** Version of the package. */
export const version = (JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string })
  .version;
