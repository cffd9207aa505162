import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';

import { programsAsText } from '../../scripts/programs-as-text.mjs';

const root = resolve(import.meta.dirname, '../..');

const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)));
const programs = files.filter((path) => path.endsWith('.sh')).sort();
const sources = files.filter((path) => path.endsWith('.ts'));
const text = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('shell programs', () => {
  test('pass shellcheck as POSIX shell', async () => {
    expect(programs).not.toEqual([]);
    const said = await promisify(execFile)('shellcheck', ['--shell=sh', '--format=gcc', ...programs], {
      cwd: root,
    }).then(
      ({ stdout }) => stdout,
      (error: { code: number | string; stdout?: string }) =>
        error.code === 'ENOENT' ? 'shellcheck is not there: run playground/install' : error.stdout,
    );
    expect(said).toBe('');
  });

  test('switch a check off for one command only, and say why', () => {
    const wrong = programs.flatMap((path) => {
      const lines = text(path).split('\n');
      // Before the first command a directive is true for the whole file.
      const first = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
      return lines.flatMap((line, i) => {
        if (!/# *shellcheck disable/.test(line)) return [];
        return i > first && /disable=SC\d+ # \S/.test(line) ? [] : [`${path}:${i + 1}: ${line.trim()}`];
      });
    });
    expect(wrong).toEqual([]);
  });

  test('are each read by a source beside them', () => {
    const unread = programs.filter((path) => {
      const beside = sources.filter((source) => dirname(source) === dirname(path));
      return !beside.some((source) => text(source).includes(`readProgram(import.meta.url, './${basename(path)}')`));
    });
    expect(unread).toEqual([]);
  });

  test('of more than 20 lines lie in files of their own', () => {
    // Text in backquotes that a shell would read: it is of several lines and some of them are a shell's own.
    const shell = /^\s*(if \[|while (read|:|IFS=|\[)|for \w+( in .*)?; do|case .* in|done\b|fi\b|esac\b|\w+\(\) \{)/m;
    const long = sources.flatMap((path) =>
      [...text(path).matchAll(/`(?:[^`\\]|\\[\s\S])*`/g)]
        .filter(([literal]) => literal.split('\n').length > 21 && shell.test(literal))
        .map(({ index }) => `${path}:${text(path).slice(0, index).split('\n').length}`),
    );
    expect(long).toEqual([]);
  });

  test('are texts in the built programs, byte for byte', async () => {
    const { outputFiles } = await build({
      stdin: { contents: "export { program } from './src/adapters/runner/program.ts';", resolveDir: root },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      logLevel: 'silent',
      plugins: [programsAsText],
    });
    const built = outputFiles[0]!.text;
    expect(built).not.toContain('readFileSync');
    const { program } = (await import(`data:text/javascript,${encodeURIComponent(built)}`)) as { program: string };
    expect(program).toBe(text('src/adapters/runner/runner.sh'));
  });

  test('that the build cannot find stop it', async () => {
    const fixture = join(root, 'test/house/fixtures/programs/src/unclear.ts');
    const built = build({
      entryPoints: [fixture],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
      plugins: [programsAsText],
    });
    await expect(built).rejects.toThrow(/only readProgram/);
  });
});
