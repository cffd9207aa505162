import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readDomainXml } from '../../src/adapters/host/domain-xml.ts';
import type { EditedText } from '../../src/model/artefacts.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Domain, Resource } from '../../src/model/resources.ts';
import { artefactTexts } from '../../src/planner/artefact-texts.ts';
import { printPlan } from '../../src/planner/print.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { deployment } from '../support/goals.ts';
import { createLab, inventoryOf, type Lab } from '../support/lab.ts';
import { compileText } from './golden-text.ts';

const root = resolve(import.meta.dirname, '../..');
const project = readFileSync(resolve(root, 'test/fixtures/projects/valid-minimal.yaml'), 'utf8');
const inventory = inventoryOf('main');
const image = { name: 'tiny', format: 'qcow2', sha256: 'a'.repeat(64), size: 1, source: '/x' } as const;

function desiredWith(edited: Readonly<Record<string, string>>): readonly Resource[] {
  const texts = Object.entries(edited).map(([name, text]): [string, EditedText] => [
    `artefacts/web/${name}`,
    { text, sha256: createHash('sha256').update(text).digest('hex') },
  ]);
  const facts = { edited: new Map(texts), images: new Map([['tiny', image]]) };
  return compileText(project, facts, inventory, deployment).desired!;
}

const generated = artefactTexts({ deployment, inventory, desired: desiredWith({}), kindOf });
const xml = generated.get('web/domain.xml')!;
const tuned = xml.replace("<memory unit='MiB'>128", "<memory unit='MiB'>192");

async function labWith(edited: Readonly<Record<string, string>>): Promise<Lab> {
  const lab = createLab(inventory);
  const { plan } = await lab.plan(desiredWith(edited));
  expect((await lab.run(plan)).failed).toEqual(new Set());
  return lab;
}

const planOf = async (lab: Lab, edited: Readonly<Record<string, string>>): Promise<Plan> =>
  (await lab.plan(desiredWith(edited))).plan;

const xmlIn = (lab: Lab): string => lab.world.host('main').domains['lab-web']!.xml;

describe('an edited domain.xml', () => {
  test('is what libvirt is given, with our mark and identity', async () => {
    const lab = await labWith({ 'domain.xml': tuned });
    expect(xmlIn(lab)).toContain("<memory unit='MiB'>192");
    expect(xmlIn(lab)).toMatch(/<name>lab-web<\/name>\n {2}<uuid>[0-9a-f-]{36}<\/uuid>\n {2}<metadata><kc:mark /);
    expect(readDomainXml(xmlIn(lab)).metadata).toMatchObject({ guest: 'web', mark: { deployment } });
  });

  test('is mentioned by the plan that makes it', async () => {
    const plan = await planOf(createLab(inventory), { 'domain.xml': tuned });
    expect(printPlan(plan)).toContain(
      'create 1 libvirt.domain on main: missing, artefacts/web/domain.xml was edited\n    lab-web',
    );
  });

  test('twice changes nothing', async () => {
    expect((await planOf(await labWith({ 'domain.xml': tuned }), { 'domain.xml': tuned })).batches).toEqual([]);
  });

  test('restarts the guest, and only that', async () => {
    const lab = await labWith({});
    const plan = await planOf(lab, { 'domain.xml': tuned });
    expect(printPlan(plan)).toBe(`lab: 0 to create, 2 to change, 0 to remove

start
  change 1 libvirt.domain on main: artefacts/web/domain.xml was edited [restart by web]
    lab-web
  change 1 guest.ready on main: libvirt.domain lab-web is restarted
    lab-web
`);
  });

  test('that is gone gives the generated one back', async () => {
    const lab = await labWith({ 'domain.xml': tuned });
    const plan = await planOf(lab, {});
    expect(printPlan(plan)).toContain('artefacts/web/domain.xml is no longer edited [restart by web]');
    await lab.run(plan);
    expect(xmlIn(lab)).toContain("<memory unit='MiB'>128");
    expect((await planOf(lab, {})).batches).toEqual([]);
  });

  test('comes back when the change is rolled back', async () => {
    const lab = await labWith({ 'domain.xml': tuned });
    const walked = await lab.run(await planOf(lab, { 'domain.xml': xml.replace('</vcpu>', '</vcpu> ') }));
    expect(xmlIn(lab)).not.toContain("<memory unit='MiB'>192");
    await lab.undo(walked);
    expect(xmlIn(lab)).toContain("<memory unit='MiB'>192");
    const left = await planOf(lab, { 'domain.xml': tuned });
    expect(left.batches.flatMap(({ items }) => items).filter(({ ref }) => ref.startsWith('libvirt'))).toEqual([]);
  });

  test.each([
    [
      'metadata of its own',
      (text: string) => text.replace('<memory', "<metadata><a:b xmlns:a='urn:a'/></metadata>\n  <memory"),
    ],
    ['identity and mark of another run', (text: string) => text.replace('<memory', `${identity}\n  <memory`)],
    ['a name in a comment', (text: string) => text.replace('<name>', '<!-- <name>lab-web</name> -->\n  <name>')],
  ])('may have %s', async (_name, edit) => {
    const text = xmlIn(await labWith({ 'domain.xml': edit(tuned) }));
    expect(text.match(/<uuid>/g)).toHaveLength(1);
    expect(text.match(/<kc:mark /g)).toHaveLength(1);
    expect(text.match(/<metadata>/g)).toHaveLength(1);
    expect(readDomainXml(text).metadata).toMatchObject({
      guest: 'web',
      mark: { deployment, installation: '0123abcd' },
    });
    expect(text.match(/<a:b /g)?.length ?? 0).toBe(edit(tuned).includes('<a:b ') ? 1 : 0);
  });
});

const identity =
  "<uuid>00000000-0000-0000-0000-000000000000</uuid>\n  <metadata>\n    <kc:mark xmlns:kc='https://kvm-compose.example/xmlns/1' installation='ffffffff' deployment='x'/>\n  </metadata>";

describe('an edited user-data', () => {
  const more = `${generated.get('web/user-data')!}packages: [ tcpdump ]\n`;

  test('is what the seed brings, and makes another instance of the guest', () => {
    const [before, after] = [desiredWith({}), desiredWith({ 'user-data': more })].map((all) =>
      all.find((each) => each.kind === 'seed'),
    );
    expect(after!.files).toContainEqual({ name: 'user-data', text: more, edited: true });
    expect(after!.instanceId).not.toBe(before!.instanceId);
  });

  test('is the cause of the seed being made anew', async () => {
    const lab = await labWith({});
    const text = printPlan(await planOf(lab, { 'user-data': more }));
    expect(text).toContain('seed on main: artefacts/web/user-data was edited [remake by web]');
    await lab.run(await planOf(lab, { 'user-data': more }));
    expect((await planOf(lab, { 'user-data': more })).batches).toEqual([]);
    expect(printPlan(await planOf(lab, {}))).toContain('artefacts/web/user-data is no longer edited');
  });

  test('does not hide what else changed', async () => {
    const lab = await labWith({ 'user-data': more });
    const network = generated.get('web/network-config')!.replace('10.0.0.10', '10.0.0.11');
    const text = printPlan(await planOf(lab, { 'network-config': network, 'user-data': `${more}more: true\n` }));
    expect(text).toContain('artefacts/web/network-config was edited, artefacts/web/user-data was edited');
  });
});

describe('generated texts', () => {
  test('hold no identity, no mark and no secret', () => {
    const all = [...generated.values()].join('');
    expect(all).not.toMatch(/kc:mark|<uuid>|PRIVATE KEY|kvm-compose-installation/);
    expect(all).toContain('{{secret:lab/hostkey/web}}');
  });

  test('of a guest are its domain and its seed', () => {
    expect([...generated.keys()].filter((path) => path.startsWith('web/')).sort()).toEqual(
      ['domain.xml', 'guest.sh', 'meta-data', 'network-config', 'user-data'].map((name) => `web/${name}`),
    );
  });

  test('are what is made when nothing is edited', () => {
    const domain = desiredWith({}).find((each): each is Domain => each.kind === 'libvirt.domain')!;
    const op = kindOf('libvirt.domain').render(
      domain,
      { deployment, installation: '0123abcd', generation: 1, hash: '' },
      domain,
    );
    const rendered = op.transport === 'libvirt' && op.do === 'ensure' ? op.xml : '';
    const withoutIdentity = rendered.split('\n').filter((line) => !/<uuid>|<metadata>/.test(line));
    expect(withoutIdentity.join('\n')).toBe(xml);
  });

  test.each(['routed', 'scripts'])('of %s read so', async (example) => {
    const text = readFileSync(resolve(root, 'examples', example, 'kvm-compose.yaml'), 'utf8');
    const { desired } = compileText(text, {}, inventory);
    const texts = artefactTexts({ deployment: 'lab', inventory, desired: desired!, kindOf });
    const shown = [...texts]
      .filter(([path]) => !path.endsWith('guest.sh'))
      .map(([path, each]) => `=== ${path}\n${each}`);
    await expect(shown.join('\n')).toMatchFileSnapshot(`../golden/artefacts/${example}.txt`);
  });
});
