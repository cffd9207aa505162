import type { WorkflowFailedError } from '@temporalio/client';
import { afterEach, expect, inject, test } from 'vitest';
import { imageLockName } from '../../src/state/image-lock.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Images } from '../../src/ports/project.ts';
import { filesOf, notPulledYet, publisher } from '../support/doubles.ts';
import { type Engine, startEngine } from '../support/engine.ts';
import { projectFolder, projectTexts } from '../support/project.ts';

const size = { guests: 2, hosts: 1 };
const lock = `${projectFolder}/${imageLockName}`;
let engine: Engine;
let texts: Record<string, string>;
let pulled: string[];

afterEach(() => engine.stop());

async function engineWith(own: Partial<Images> = {}): Promise<void> {
  pulled = [];
  texts = projectTexts(size);
  const pull: Images['pull'] = (image, ...rest) => {
    pulled.push(`${image.name} by ${image.expected.by}`);
    return notPulledYet.pull(image, ...rest);
  };
  const images = { ...notPulledYet, pull, ...own };
  engine = await startEngine(inject('temporalAddress'), { size, ports: { images, files: filesOf(texts) } });
}

interface Plan {
  readonly text: string;
  readonly toPull: readonly { readonly name: string }[];
  readonly refused: readonly object[];
  readonly fingerprint: { readonly plan: string; readonly desired: string; readonly observed: string };
}

const plan = async (): Promise<Plan> => engine.read('plan');

test.each(['plan', 'status', 'artefacts'] as const)('%s pulls no image and pins none', async (what) => {
  await engineWith();
  await engine.read(what);
  expect(pulled).toEqual([]);
  expect(texts).not.toHaveProperty([lock]);
});

test('plan says what up would pull, from where, and prints what it can', async () => {
  await engineWith();
  const { text, toPull, refused } = await plan();
  expect(text.split('\n').slice(0, 4)).toEqual([
    'to pull first',
    `  image tiny (not pulled yet, from ${publisher}/tiny.img): its content is not known before; checked against ${publisher}/SHA256SUMS and pinned then`,
    '',
    expect.stringMatching(/^lab\w+: \d+ to create/),
  ]);
  expect(text).toContain('create 2 libvirt.domain');
  expect(toPull.map(({ name }) => name)).toEqual(['tiny']);
  expect(refused).toEqual([]);
});

test('up pulls first, pins, and makes nothing from a stand-in', async () => {
  await engineWith();
  const { status, runId } = await engine.run('up');
  expect(status).toBe('COMPLETED');
  expect(pulled).toEqual(['tiny by list']);
  expect(texts[lock]).toContain(`  tiny:\n    url: ${publisher}/tiny.img\n    sha256: "`);
  expect(await engine.text()).not.toContain('000000');
  const codes = engine.events.all(runId).map(({ code }) => code);
  expect(codes).toContain('image-pulled');
  expect(codes.indexOf('image-pulled')).toBeLessThan(codes.indexOf('run-planned'));
});

test('an up after it goes by the pin, and finds nothing to do', async () => {
  await engineWith();
  await engine.run('up');
  const [before, world] = [texts[lock], await engine.text()];
  expect((await plan()).text).toMatch(/^to pull first\n.*: SHA-256 [0-9a-f]{64}\n\n.*nothing to do/);
  await engine.run('up');
  expect(pulled).toEqual(['tiny by list', 'tiny by pin']);
  expect([texts[lock], await engine.text()]).toEqual([before, world]);
});

test('deleting the entry of the lock file pins anew', async () => {
  await engineWith();
  await engine.run('up');
  delete texts[lock];
  await engine.run('up');
  expect(pulled).toEqual(['tiny by list', 'tiny by list']);
  expect(texts).toHaveProperty([lock]);
});

test('pins of other images stay', async () => {
  await engineWith();
  await engine.run('up');
  const tiny = texts[lock]!;
  texts[lock] = tiny.replace('  tiny:', '  other:');
  await engine.run('up');
  expect(texts[lock]).toContain('  other:');
  expect(texts[lock]).toContain('  tiny:');
});

test('a plan made while the content is pinned is the one up has when it has pulled', async () => {
  await engineWith();
  await engine.run('up');
  await engine.run('down');
  const { fingerprint } = await plan();
  expect((await engine.run('up', { expect: fingerprint })).status).toBe('COMPLETED');
});

test('a plan made while the content was unknown is refused when it is known, and the next one is not', async () => {
  await engineWith();
  const { fingerprint } = await plan();
  const { status, error } = await engine.run('up', { expect: fingerprint });
  expect(status).toBe('FAILED');
  expect((error as WorkflowFailedError).cause).toMatchObject({ type: 'plan-stale' });
  expect(await engine.text()).toBe('');
  const again = await plan();
  expect((await engine.run('up', { expect: again.fingerprint })).status).toBe('COMPLETED');
});

test('an image that cannot be had ends up before anything is touched', async () => {
  const message = 'it is gone';
  const pull: Images['pull'] = () =>
    Promise.reject(new Failure({ code: 'image-missing', class: 'permanent', message }));
  await engineWith({ pull });
  const { status, error } = await engine.run('up');
  expect(status).toBe('FAILED');
  const cause = (error as WorkflowFailedError).cause;
  expect(cause).toMatchObject({ type: 'image-missing', message });
  expect(await engine.text()).toBe('');
});

test('a damaged lock file is refused by up with its line, and stands in the way of no status', async () => {
  await engineWith();
  texts[lock] = 'images:\n  tiny: { url: u }\n';
  const { error } = await engine.run('up');
  expect((error as WorkflowFailedError).cause).toMatchObject({
    type: 'invalid-project',
    message: expect.stringContaining(`${imageLockName}:2:`),
  });
  expect(pulled).toEqual([]);
  expect(await engine.read('status')).toMatchObject({ guests: [{ state: 'absent' }, { state: 'absent' }] });
});

test('an image nothing says the content of stands in the way of no status', async () => {
  await engineWith();
  await engine.run('up');
  const message = 'image tiny has no checksum';
  const resolve: Images['resolve'] = () =>
    Promise.reject(new Failure({ code: 'image-missing', class: 'permanent', message }));
  Object.assign(engine.ports.images, { resolve });
  expect(await engine.read('status')).toMatchObject({ guests: [{ state: 'running' }, { state: 'running' }] });
  await expect(engine.read('plan')).rejects.toMatchObject({ cause: { cause: { message } } });
});

test('a folder that cannot be written to is told, and stops no up', async () => {
  await engineWith();
  const files = filesOf(texts);
  const writeText = (path: string, text: string): Promise<void> =>
    path === lock ? Promise.reject(new Error('read-only')) : files.writeText(path, text);
  await engine.stop();
  engine = await startEngine(inject('temporalAddress'), {
    size,
    ports: { images: notPulledYet, files: { ...files, writeText } },
  });
  const { status, runId } = await engine.run('up');
  expect(status).toBe('COMPLETED');
  expect(engine.events.all(runId)).toContainEqual(
    expect.objectContaining({ code: 'lock-unwritten', text: expect.stringContaining('read-only') }),
  );
});

test('what one image brought is pinned though another could not be had', async () => {
  const pull: Images['pull'] = (image, ...rest) =>
    image.name === 'gone' ? Promise.reject(new Error('it is gone')) : notPulledYet.pull(image, ...rest);
  await engineWith({ pull });
  const file = `${projectFolder}/kvm-compose.yaml`;
  texts[file] = texts[file]!.replace('name: tiny', 'name: gone');
  expect((await engine.run('up')).status).toBe('FAILED');
  expect(texts[lock]).toContain('  tiny:');
  expect(texts[lock]).not.toContain('  gone:');
});
