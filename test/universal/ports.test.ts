import { expect, test } from 'vitest';

import { refOf } from '../../src/model/ref.ts';
import type { Domain, Resource } from '../../src/model/resources.ts';
import { goals, laboratory } from '../support/goals.ts';
import { createLab, type Lab } from '../support/lab.ts';

const domain = goals['libvirt.domain'];
const second = { ...domain.interfaces[0]!, mac: '52:54:00:aa:bb:02', tap: 'vm-2', port: 'lab-lan-web-1' };

/** The laboratory with another domain in the place of its own. */
const withDomain = (other: Domain): Resource[] =>
  laboratory.map((each) => (refOf(each) === refOf(domain) ? other : each));

async function labOf(resources: readonly Resource[]): Promise<Lab> {
  const lab = createLab();
  await bring(lab, resources);
  return lab;
}

async function bring(lab: Lab, resources: readonly Resource[]): Promise<void> {
  expect((await lab.run((await lab.plan(resources)).plan)).failed).toEqual(new Set());
}

const actions = async (lab: Lab, resources: readonly Resource[]): Promise<string[]> =>
  (await lab.plan(resources)).plan.batches.flatMap(({ items }) => items.map(({ id, cause }) => `${id}: ${cause}`));

const taps = (lab: Lab): string[] => Object.values(lab.world.host('h2').ports).flatMap((ports) => Object.keys(ports));

test('a domain that was undefined past us is made again on its ports', async () => {
  const lab = await labOf(laboratory);
  delete lab.world.host('h2').domains[domain.name];
  expect(await actions(lab, laboratory)).toContain(`create ${refOf(domain)}: missing`);
  await bring(lab, laboratory);
  expect((await lab.plan(laboratory)).plan.batches).toEqual([]);
});

test('where it is not wanted any more its ports go, and nothing is left', async () => {
  const lab = await labOf(laboratory);
  delete lab.world.host('h2').domains[domain.name];
  await bring(lab, []);
  expect(taps(lab)).toEqual([]);
  expect(await lab.text()).toBe('');
});

test('a card less leaves no port behind', async () => {
  const lab = await labOf(withDomain({ ...domain, interfaces: [...domain.interfaces, second] }));
  expect(taps(lab)).toEqual(['vm-1234567890', 'vm-2']);
  await bring(lab, laboratory);
  expect(taps(lab)).toEqual(['vm-1234567890']);
});

test('a port of a card that a running domain never had is seen, and goes while it runs', async () => {
  const lab = await labOf(laboratory);
  const host = lab.world.host('h2');
  const { boot } = host.domains[domain.name]!;
  const ports = host.ports[domain.name]!;
  ports['vm-2'] = structuredClone(ports['vm-1234567890']!);
  expect(await actions(lab, laboratory)).toEqual([`update ${refOf(domain)}: port vm-2 is left`]);
  await bring(lab, laboratory);
  expect(taps(lab)).toEqual(['vm-1234567890']);
  expect(host.domains[domain.name]!.boot).toBe(boot);
});

test('a port that somebody removed is added again while the domain runs', async () => {
  const lab = await labOf(laboratory);
  const host = lab.world.host('h2');
  const { boot } = host.domains[domain.name]!;
  host.ports = {};
  expect(await actions(lab, laboratory)).toEqual([
    `update ${refOf(domain)}: vm-1234567890 is not bound to lab-lan-web-0`,
  ]);
  await bring(lab, laboratory);
  expect(host.domains[domain.name]!.boot).toBe(boot);
  expect((await lab.plan(laboratory)).plan.batches).toEqual([]);
});
