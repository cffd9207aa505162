import { execFileSync } from 'node:child_process';

import { describe, expect, test } from 'vitest';

import { levelsOf } from '../../../src/adapters/carriers/files/levels.ts';
import { expandPlaceholders } from '../../../src/adapters/carriers/files/placeholders.ts';
import { tar } from '../../../src/adapters/carriers/tar.ts';
import type { FilesOp } from '../../../src/model/transport/files.ts';
import type { CarrierItem } from '../../../src/ports/carrier.ts';

const secrets = {
  privateKey: async (name: string) => `BEGIN ${name}\nbody\nEND\n`,
  publicKey: async (name: string) => `ssh-ed25519 AAAA ${name}`,
};

describe('placeholders', () => {
  test('every line of a secret is indented as the placeholder’s line', async () => {
    expect(await expandPlaceholders('key: |\n    {{secret:lab/ssh}}\nend', secrets)).toBe(
      'key: |\n    BEGIN lab/ssh\n    body\n    END\nend',
    );
  });

  test('several stand on one line, text around them stays', async () => {
    expect(await expandPlaceholders('- {{public:a}} and {{public:b}}!', secrets)).toBe(
      '- ssh-ed25519 AAAA a and ssh-ed25519 AAAA b!',
    );
  });

  test('text without any is not touched', async () => {
    expect(await expandPlaceholders('{{other:a}} {{secret}} {}\n', secrets)).toBe('{{other:a}} {{secret}} {}\n');
  });
});

test('tar reads back what was packed', async () => {
  const archive = await tar([
    { name: 'seed.0/user-data', content: Buffer.from('#cloud-config\n') },
    { name: 'end', content: Buffer.alloc(0) },
  ]);
  const list = execFileSync('tar', ['-tvf', '-'], { input: archive, encoding: 'utf8' });
  expect(list).toMatch(/^-rw------- .* 14 .*seed\.0\/user-data\n-rw------- .* 0 .*end\n$/);
  expect(execFileSync('tar', ['-xOf', '-', 'seed.0/user-data'], { input: archive, encoding: 'utf8' })).toBe(
    '#cloud-config\n',
  );
});

describe('levels', () => {
  const item = (id: string, path: string, needs: readonly string[] = []): CarrierItem<FilesOp> => ({
    id,
    op: { transport: 'files', do: 'remove', ref: 'disk:x', deployment: 'lab', path, folder: false },
    needs,
  });
  const ids = (items: readonly CarrierItem<FilesOp>[]): string[][] =>
    levelsOf(items).map((level) => level.map((placed) => placed.item.id).sort());

  test('what needs nothing of one another runs together', () => {
    expect(ids([item('folder', '/f'), item('a', '/f/a', ['folder']), item('b', '/f/b', ['folder'])])).toEqual([
      ['folder'],
      ['a', 'b'],
    ]);
  });

  test('two items about one path keep their order', () => {
    expect(ids([item('old', '/f/a'), item('new', '/f/a')])).toEqual([['old'], ['new']]);
  });

  test('needs of other batches do not matter, and the order of the list neither', () => {
    expect(ids([item('late', '/b', ['early', 'elsewhere']), item('early', '/a')])).toEqual([['early'], ['late']]);
  });
});
