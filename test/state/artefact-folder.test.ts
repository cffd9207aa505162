import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/model/failure.ts';
import { clearArtefacts, editedTexts, type FolderFiles, writeArtefacts } from '../../src/state/artefact-folder.ts';

const deployment = 'lab';
const domain = (text = ''): string => `<domain type='kvm'>\n  <name>lab-web</name>\n${text}</domain>\n`;
const generated = new Map([
  ['plan.txt', 'a plan\n'],
  ['web/domain.xml', domain()],
  ['web/user-data', '#cloud-config\n'],
  ['web/meta-data', 'instance-id: "i-1"\n'],
]);

interface Folder extends FolderFiles {
  readonly texts: Record<string, string>;
}

/** A folder in memory; `dies` says after how many writes and removals nothing more happens. */
function folderOf(texts: Record<string, string> = {}, dies = Infinity): Folder {
  let left = dies;
  const effect = (work: () => void): Promise<void> => {
    left -= 1;
    if (left < 0) return Promise.reject(new Error('died'));
    work();
    return Promise.resolve();
  };
  return {
    texts,
    read: (path) => Promise.resolve(texts[path]),
    write: (path, text) => effect(() => void (texts[path] = text)),
    remove: (path) => effect(() => void delete texts[path]),
  };
}

const write = (folder: Folder, texts: ReadonlyMap<string, string> = generated, force = false) =>
  writeArtefacts(folder, deployment, texts, { force });
const edits = async (folder: Folder): Promise<string[]> => [...(await editedTexts(folder.read, deployment)).keys()];

describe('generated texts', () => {
  test('are all written, and listed with their hashes', async () => {
    const folder = folderOf();
    const report = await write(folder);
    expect(report.written).toEqual([
      'artefacts/plan.txt',
      'artefacts/web/domain.xml',
      'artefacts/web/meta-data',
      'artefacts/web/user-data',
    ]);
    const manifest = JSON.parse(folder.texts['artefacts/manifest.json']!) as { files: Record<string, string> };
    expect(Object.keys(manifest.files)).toEqual([...generated.keys()].sort());
    expect(Object.keys(folder.texts).sort()).toEqual(['artefacts/manifest.json', ...report.written]);
  });

  test('written twice are written once', async () => {
    const folder = folderOf();
    await write(folder);
    const report = await write(folderOf(folder.texts, 0));
    expect(report).toMatchObject({ written: [], removed: [], kept: [] });
    expect(report.unchanged).toHaveLength(generated.size);
  });

  test('go when the file has them no more', async () => {
    const folder = folderOf();
    await write(folder);
    const report = await write(folder, new Map([['plan.txt', 'another\n']]));
    expect(report).toMatchObject({ written: ['artefacts/plan.txt'], kept: [] });
    expect(Object.keys(folder.texts).sort()).toEqual(['artefacts/manifest.json', 'artefacts/plan.txt']);
  });

  test('never count as edited, whenever writing them stopped', async () => {
    const next = (word: string) =>
      new Map([...generated].map(([path, text]) => [path, text.replace('\n', ` ${word}\n`)]));
    for (let dies = 0; dies < 49; dies += 1) {
      const texts: Record<string, string> = {};
      await write(folderOf(texts));
      await write(folderOf(texts, dies % 7), next('then')).catch(() => undefined);
      await write(folderOf(texts, Math.floor(dies / 7)), next('again')).catch(() => undefined);
      expect(await edits(folderOf(texts))).toEqual([]);
      expect((await write(folderOf(texts), next('again'))).kept).toEqual([]);
      expect(texts['artefacts/plan.txt']).toBe('a plan again\n');
    }
  });
});

describe('an edited text', () => {
  const edited = domain('  <!-- more -->\n');
  async function folderWithEdit(): Promise<Folder> {
    const folder = folderOf();
    await write(folder);
    folder.texts['artefacts/web/domain.xml'] = edited;
    return folder;
  }

  test('is found, with its text', async () => {
    const found = await editedTexts((await folderWithEdit()).read, deployment);
    expect([...found]).toEqual([['artefacts/web/domain.xml', { sha256: expect.any(String) as string, text: edited }]]);
  });

  test('is kept and named when texts are generated again', async () => {
    const folder = await folderWithEdit();
    expect((await write(folder)).kept).toEqual([{ path: 'artefacts/web/domain.xml', why: 'it was edited' }]);
    expect(folder.texts['artefacts/web/domain.xml']).toBe(edited);
    expect(await edits(folder)).toEqual(['artefacts/web/domain.xml']);
  });

  test('is overwritten when that is asked for', async () => {
    const folder = await folderWithEdit();
    expect((await write(folder, generated, true)).written).toEqual(['artefacts/web/domain.xml']);
    expect(await edits(folder)).toEqual([]);
  });

  test('is none any more when it was put back', async () => {
    const folder = await folderWithEdit();
    folder.texts['artefacts/web/domain.xml'] = generated.get('web/domain.xml')!;
    expect(await edits(folder)).toEqual([]);
  });

  test('counts only where an edit is meant to be used', async () => {
    const folder = await folderWithEdit();
    folder.texts['artefacts/web/meta-data'] = 'other\n';
    folder.texts['artefacts/plan.txt'] = 'other\n';
    expect(await edits(folder)).toEqual(['artefacts/web/domain.xml']);
  });

  test.each([
    ['is another domain', domain().replace('lab-web', 'lab-db')],
    ['has its name in a comment only', "<domain type='kvm'><!-- <name>lab-web</name> --></domain>"],
    ['is no domain', 'hello'],
  ])('that %s is refused', async (_name, text) => {
    const folder = await folderWithEdit();
    folder.texts['artefacts/web/domain.xml'] = text;
    await expect(edits(folder)).rejects.toThrow('artefacts/web/domain.xml was edited and is not the domain it must be');
  });

  test('survives clearing, and goes when that is asked for', async () => {
    const folder = await folderWithEdit();
    const report = await clearArtefacts(folder, { force: false });
    expect(report.kept).toEqual([{ path: 'artefacts/web/domain.xml', why: 'it was edited' }]);
    expect(Object.keys(folder.texts).sort()).toEqual(['artefacts/manifest.json', 'artefacts/web/domain.xml']);
    expect(await edits(folder)).toEqual(['artefacts/web/domain.xml']);
    await clearArtefacts(folder, { force: true });
    expect(folder.texts).toEqual({});
  });
});

describe('what the user put there', () => {
  test('is never used, overwritten or removed', async () => {
    const folder = folderOf({ 'artefacts/web/domain.xml': 'mine', 'artefacts/notes': 'mine too' });
    expect((await write(folder)).kept).toEqual([{ path: 'artefacts/web/domain.xml', why: 'it is not ours' }]);
    expect(await edits(folder)).toEqual([]);
    await clearArtefacts(folder, { force: true });
    expect(folder.texts).toEqual({ 'artefacts/web/domain.xml': 'mine', 'artefacts/notes': 'mine too' });
  });

  test('stays whatever is generated, edited and cleared in whatever order', async () => {
    const path = fc.constantFrom('plan.txt', 'web/domain.xml', 'web/user-data', 'db/user-data', 'db/env');
    const action = fc.oneof(
      fc.record({ do: fc.constant('generate' as const), paths: fc.uniqueArray(path), salt: fc.nat(2) }),
      fc.record({ do: fc.constant('edit' as const), path, salt: fc.nat(2) }),
      fc.record({ do: fc.constant('clear' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), async (actions) => {
        const folder = folderOf();
        const mine = new Map<string, string>();
        for (const each of actions) {
          if (each.do === 'generate') {
            await write(folder, new Map(each.paths.map((one) => [one, `generated ${each.salt}`])));
          } else if (each.do === 'clear') await clearArtefacts(folder, { force: false });
          else {
            folder.texts[`artefacts/${each.path}`] = `edited ${each.path} ${each.salt}`;
            mine.set(each.path, folder.texts[`artefacts/${each.path}`]!);
          }
          for (const [one, text] of mine) expect(folder.texts[`artefacts/${one}`]).toBe(text);
        }
      }),
    );
  });
});

describe('a manifest', () => {
  test.each([
    ['{', 'it is not JSON'],
    ['{"version":2}', 'no manifest of this format'],
    [`{"version":1,"deployment":"lab","files":{"../../etc/passwd":"${'0'.repeat(64)}"}}`, 'outside of its folder'],
    [`{"version":1,"deployment":"lab","files":{"/etc/passwd":"${'0'.repeat(64)}"}}`, 'outside of its folder'],
    ['{"version":1,"deployment":"lab","files":{"plan.txt":"short"}}', 'no hashes'],
  ])('that is %s is not followed', async (text, why) => {
    const folder = folderOf({ 'artefacts/manifest.json': text });
    await expect(clearArtefacts(folder, { force: true })).rejects.toThrow(Failure);
    await expect(edits(folder)).rejects.toThrow(why);
  });
});
