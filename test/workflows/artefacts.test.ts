import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';

import { type Ended, type Engine, startEngine } from '../support/engine.ts';
import { projectFolder } from '../support/project.ts';

let engine: Engine;
const size = { guests: 2, hosts: 2 };

beforeEach(async () => {
  engine = await startEngine(inject('temporalAddress'), { size });
});

afterEach(() => engine.stop());

const failureOf = ({ outcome }: Ended) => outcome?.failures[0]?.failure;
const textOf = (path: string): Promise<string> => engine.ports.files.readText(`${projectFolder}/${path}`);
const write = (path: string, text: string): Promise<void> =>
  engine.ports.files.writeText(`${projectFolder}/${path}`, text);
const plan = () => engine.read('plan');
const memoryOf = (guest: string): string | undefined => {
  const domains = ['main', 'h1'].flatMap((host) => Object.values(engine.world.host(host).domains));
  const xml = domains.find(({ domain }) => domain.guest === guest)?.xml;
  return /<memory unit='MiB'>(\d+)/.exec(xml ?? '')?.[1];
};

describe('a saved plan', () => {
  test('is done when planning comes to it again, and only once', async () => {
    const { fingerprint: expected } = await plan();
    expect((await engine.run('up', { expect: expected })).outcome).toMatchObject({ status: 'completed', failures: [] });
    const again = await engine.run('up', { expect: expected });
    expect(failureOf(again)).toMatchObject({
      code: 'plan-stale',
      message: expect.stringMatching(/what the hosts hold/),
    });
  });

  test('is refused when the project changed, and nothing is touched', async () => {
    const { fingerprint: expected } = await plan();
    engine.edit({ ...size, guests: 3 });
    const refused = await engine.run('up', { expect: expected });
    expect(failureOf(refused)).toMatchObject({
      code: 'plan-stale',
      message: expect.stringMatching(/the project changed/),
    });
    expect(await engine.text()).toBe('');
  });

  test('is the same plan however often it is made', async () => {
    expect((await plan()).fingerprint).toEqual((await plan()).fingerprint);
  });
});

describe('an edited artefact', () => {
  test('is used by up, and the plan says so', async () => {
    await engine.run('up');
    expect(await engine.read('artefacts')).toMatchObject({ kept: [], state: `${engine.deployment}-state.json` });
    const xml = await textOf('artefacts/g0/domain.xml');
    await write('artefacts/g0/domain.xml', xml.replace("<memory unit='MiB'>128", "<memory unit='MiB'>96"));
    expect((await plan()).text).toContain('artefacts/g0/domain.xml was edited [restart by g0]');
    await engine.run('up');
    expect([memoryOf('g0'), memoryOf('g1')]).toEqual(['96', '128']);
    expect((await engine.run('up')).outcome?.summary).toEqual({ create: 0, change: 0, delete: 0, run: 0 });
  });

  test('that is no domain is refused before anything is touched', async () => {
    await engine.read('artefacts');
    await write('artefacts/g0/domain.xml', '<domain/>');
    expect(failureOf(await engine.run('up'))).toMatchObject({ code: 'artefact-invalid' });
    expect(await engine.text()).toBe('');
  });
});

describe('the state file', () => {
  const placed = async () => JSON.parse(await textOf(`${engine.deployment}-state.json`)) as { placement: unknown };

  test('is written by up as generating artefacts writes it', async () => {
    await engine.read('artefacts');
    const before = await textOf(`${engine.deployment}-state.json`);
    await engine.run('up');
    expect(await textOf(`${engine.deployment}-state.json`)).toBe(before);
  });

  test('keeps guests where they were, after a down too', async () => {
    await write(
      `${engine.deployment}-state.json`,
      JSON.stringify({ project_name: 'x', testbed_guests: { g0: { testbed_host: 'h1' }, g1: { testbed_host: 'h1' } } }),
    );
    await engine.run('up');
    expect(await placed()).toMatchObject({ placement: { g0: 'h1', g1: 'h1' } });
    await engine.run('down', { purge: true });
    engine.edit({ ...size, guests: 3 });
    await engine.run('up');
    expect(await placed()).toMatchObject({ placement: { g0: 'h1', g1: 'h1', g2: 'main' } });
  });
});
