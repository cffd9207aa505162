// An esbuild plugin: shell programs that lie beside the sources become texts in the built programs.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const call = /\breadProgram\(\s*import\.meta\.url,\s*'(\.\/[a-z-]+\.sh)',?\s*\)/g;
const anyCall = /(?<!function )\breadProgram\(/;

/**
 * Puts the text in the place of the call that reads it: dist/ holds no sources, and a worker must not run a program
 * that was changed after the worker was built.
 * @type {import('esbuild').Plugin}
 */
export const programsAsText = {
  name: 'programs as text',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!anyCall.test(source)) return undefined;
      /** @param {string} name */
      const textOf = (name) => JSON.stringify(readFileSync(join(dirname(path), name), 'utf8'));
      const contents = source.replaceAll(call, (/** @type {string} */ _call, /** @type {string} */ name) =>
        textOf(name),
      );
      if (!anyCall.test(contents)) return { contents, loader: 'ts' };
      return { errors: [{ text: `${path}: only readProgram(import.meta.url, './name.sh') can be built` }] };
    });
  },
};
