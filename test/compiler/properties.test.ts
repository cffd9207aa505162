import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import fc from 'fast-check';
import { CORE_SCHEMA, load, mergeTag } from 'js-yaml';
import { describe, expect, test } from 'vitest';

import { contains, parseIp, parseSubnet } from '../../src/model/ip.ts';
import { refOf } from '../../src/model/ref.ts';
import type { Resource } from '../../src/model/resources.ts';
import { stableJson } from '../../src/model/stable-json.ts';
import { compileText, oneHost } from './golden-text.ts';

const root = resolve(import.meta.dirname, '../..');
const texts = [
  ...readdirSync(resolve(root, 'examples')).map((name) => resolve(root, 'examples', name, 'kvm-compose.yaml')),
  ...readdirSync(resolve(root, 'test/fixtures/projects'))
    .filter((name) => name.startsWith('valid-'))
    .map((name) => resolve(root, 'test/fixtures/projects', name)),
].map((path) => readFileSync(path, 'utf8'));

const guest = { cpus: 1, memory_mb: 64, libvirt_type: { cloud_image: { name: 'tiny' } } };
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);

/** A project of guests on small switches, most of them without an address of their own. */
const project = fc
  .record({
    prefix: fc.integer({ min: 26, max: 30 }),
    switches: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
    machines: fc.uniqueArray(name, { minLength: 1, maxLength: 12 }),
    wires: fc.array(fc.array(fc.record({ to: fc.nat(2), ip: fc.option(fc.nat(63)) }), { maxLength: 3 }), {
      minLength: 12,
      maxLength: 12,
    }),
  })
  .map(({ prefix, switches, machines, wires }) => ({
    machines: machines.map((each, index) => ({
      name: each,
      network: wires[index]!.map(({ to, ip }) => ({
        switch: switches[to % switches.length],
        ...(ip === null ? {} : { ip: `10.0.0.${ip % 2 ** (32 - prefix)}` }),
      })),
      libvirt: guest,
    })),
    network: {
      ovn: {
        switches: Object.fromEntries(switches.map((each) => [each, { subnet: `10.0.0.0/${prefix}` }])),
        routers: { r0: { ports: [{ name: 'r0-door', gateway_ip: `10.0.0.1/${prefix}`, switch: switches[0] }] } },
      },
    },
  }));

function addressesOf(desired: readonly Resource[]): { switch: string; ip: string }[] {
  return desired.flatMap((each) => {
    if (each.kind === 'ovn.router-port') return [{ switch: each.switch, ip: each.networks[0]!.split('/')[0]! }];
    if (each.kind !== 'ovn.switch-port') return [];
    return each.addresses.map((address) => ({ switch: each.switch, ip: address.split(' ')[1]! }));
  });
}

describe('addresses', () => {
  test('never collide, and lie in their subnet, unless the project was refused', () => {
    fc.assert(
      fc.property(project, (each) => {
        const { diagnostics, desired } = compileText(JSON.stringify(each));
        const codes = diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
        if (codes.length > 0) {
          expect(['duplicate-address', 'subnet-full']).toEqual(expect.arrayContaining(codes));
          return;
        }
        const held = addressesOf(desired!);
        expect(new Set(held.map(({ switch: parent, ip }) => `${parent} ${ip}`)).size).toBe(held.length);
        const subnets = new Map(
          desired!.flatMap((one) => (one.kind === 'ovn.switch' ? [[one.name, parseSubnet(one.subnet!)!]] : [])),
        );
        for (const { switch: parent, ip } of held) expect(contains(subnets.get(parent)!, parseIp(ip)!)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('of everybody else stay when a machine comes or goes', () => {
    fc.assert(
      fc.property(project, fc.nat(11), (each, index) => {
        const before = compileText(JSON.stringify(each));
        if (before.diagnostics.some(({ severity }) => severity === 'error')) return;
        const [gone] = each.machines.splice(index % each.machines.length, 1);
        const after = compileText(JSON.stringify(each), { placement: before.placement! });
        const others = before.desired!.filter(
          (one) => one.guest !== undefined && one.guest !== gone!.name && one.kind === 'libvirt.domain',
        );
        const changed = others.filter((one) => stableJson(find(after.desired!, one)) !== stableJson(one));
        expect(changed).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

function find(desired: readonly Resource[], wanted: Resource): Resource | undefined {
  return desired.find((each) => refOf(each) === refOf(wanted));
}

describe('compiling', () => {
  test('gives the same whatever order keys are written in', () => {
    const schema = CORE_SCHEMA.withTags(mergeTag);
    const documents = texts
      .filter((text) => !text.includes('${') && !text.includes('VERSION: 1.10'))
      .map((text) => ({ text, value: load(text, { schema }) }));
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.infiniteStream(fc.nat()), ({ text, value }, numbers) => {
        const shuffled = JSON.stringify(shuffleKeys(value, numbers));
        expect(stableJson(compileText(shuffled).desired)).toBe(stableJson(compileText(text).desired));
      }),
      { numRuns: 150 },
    );
  });

  test('for one host more changes nothing of a guest that stays where it is', () => {
    for (const text of texts) {
      const one = compileText(text, {}, oneHost);
      const two = compileText(text, { placement: one.placement! });
      const stays = (name: string | undefined) => name !== undefined && one.placement![name] === two.placement![name];
      const parts = one.desired!.filter(({ guest: of }) => stays(of));
      expect(parts.filter((each) => stableJson(find(two.desired!, each)) !== stableJson(each))).toEqual([]);
    }
  });

  test('names every resource once', () => {
    for (const text of texts) {
      const refs = compileText(text).desired!.map(refOf);
      expect(new Set(refs).size).toBe(refs.length);
      expect(refs).toEqual([...refs].sort());
    }
  });

  test('keeps every interface name within 15 characters, each once', () => {
    for (const text of texts) {
      const { desired } = compileText(text, {}, undefined, 'a-deployment-with-a-name-that-is-rather-long');
      const names = desired!.flatMap((each) => {
        if (each.kind === 'libvirt.domain') return each.interfaces.map(({ tap }) => tap);
        return each.kind === 'access.link' ? [each.inner, each.outer] : [];
      });
      expect(names.filter((each) => each.length > 15)).toEqual([]);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

function shuffleKeys(value: unknown, numbers: Iterator<number>): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffleKeys(each, numbers));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(
    ([key, each]) => [Number(numbers.next().value), key, shuffleKeys(each, numbers)] as const,
  );
  return Object.fromEntries([...entries].sort(([a], [b]) => a - b).map(([, key, each]) => [key, each]));
}
