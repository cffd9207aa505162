import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { placeOf } from '../../src/cli/graph.ts';
import { compile } from '../../src/compiler/compile.ts';
import { noFacts } from '../../src/compiler/facts.ts';
import { toDot } from '../../src/picture/dot.ts';
import { layout } from '../../src/picture/layout.ts';
import { toMermaid } from '../../src/picture/mermaid.ts';
import type { Picture } from '../../src/picture/picture.ts';
import { toSvg } from '../../src/picture/svg.ts';
import { type Topology, topologyOf } from '../../src/picture/topology.ts';
import { parseProject } from '../../src/spec/parse-project.ts';
import { twoHosts } from '../compiler/golden-text.ts';

const root = resolve(import.meta.dirname, '../..');

function topologyOfExample(name: string): Topology {
  const text = readFileSync(resolve(root, 'examples', name, 'kvm-compose.yaml'), 'utf8');
  const { testbed } = parseProject(text, { file: 'kvm-compose.yaml', deployment: name });
  return topologyOf({ testbed: testbed!, inventory: twoHosts, ...compile(testbed!, twoHosts, noFacts), placeOf });
}

const golden = (name: string): string => resolve(root, 'test/golden/pictures', name);

describe('a picture', () => {
  test.for(['routed', 'clones', 'older-format'])('of %s is as it was', async (name) => {
    const topology = topologyOfExample(name);
    await expect(toSvg(topology)).toMatchFileSnapshot(golden(`${name}.svg`));
    await expect(toMermaid(topology)).toMatchFileSnapshot(golden(`${name}.mmd`));
    await expect(toDot(topology)).toMatchFileSnapshot(golden(`${name}.dot`));
    await expect(JSON.stringify(topology, undefined, 2)).toMatchFileSnapshot(golden(`${name}.json`));
  });

  test('escapes what a file may name things', () => {
    const [machine] = topologyOfExample('hello').machines;
    const about = '<script>"&';
    const topology = { ...topologyOfExample('hello'), machines: [{ ...machine!, about }] };
    expect(toSvg(topology)).not.toContain('<script>');
    expect(toSvg(topology)).toContain('&lt;script&gt;&quot;&amp;');
  });
});

const network = fc.integer({ min: 0, max: 5 }).map((index) => `net${index}`);

/** Laboratories of every size up to a few dozen boxes. */
const topologies: fc.Arbitrary<Topology> = fc
  .record({
    hosts: fc.integer({ min: 1, max: 4 }),
    routers: fc.array(fc.array(network, { maxLength: 6 }), { maxLength: 3 }),
    machines: fc.array(
      fc.record({ host: fc.nat(3), networks: fc.array(network, { maxLength: 6 }), clones: fc.nat(2) }),
      {
        maxLength: 40,
      },
    ),
  })
  .map(({ hosts, routers, machines }) => ({
    deployment: 'lab',
    hosts: Array.from({ length: hosts }, (_, index) => ({ name: `h${index}`, main: index === 0 })),
    networks: Array.from({ length: 6 }, (_, index) => ({
      name: `net${index}`,
      kind: 'switch' as const,
      subnet: `10.0.${index}.0/24`,
      ...(index % 3 === 0 ? { outside: 'public' } : {}),
    })),
    links: [],
    routers: routers.map((networks, index) => ({
      name: `r${index}`,
      interfaces: networks.map((each) => ({ network: each, address: '10.0.0.1/24' })),
      services: [],
    })),
    machines: machines.map(({ host, networks, clones }, index) => ({
      name: `m${index}`,
      ...(clones === 0 ? {} : { cloneOf: `c${clones}` }),
      kind: 'guest' as const,
      host: `h${host % hosts}`,
      about: 'tiny · 1 cpu · 128 MiB',
      interfaces: networks.map((each) => ({ network: each, address: '10.0.0.2' })),
    })),
  }));

describe('whatever a laboratory is like', () => {
  test('no box covers another, and all are inside', () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        const { boxes, hosts, width, height } = layout(topology);
        for (const [index, a] of boxes.entries()) {
          expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
          for (const b of boxes.slice(index + 1)) expect(apart(a, b)).toBe(true);
        }
        for (const [index, a] of hosts.entries())
          for (const b of hosts.slice(index + 1)) expect(apart(a, b)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('no two wires run on one line, and none through a box', () => {
    fc.assert(
      fc.property(topologies, (topology) => {
        const picture = layout(topology);
        const wires = uprights(picture);
        for (const [index, a] of wires.entries()) {
          for (const b of wires.slice(index + 1)) {
            const shared = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            expect(a.x === b.x && shared > 0 && a.network !== b.network).toBe(false);
          }
          for (const { x, y, width, height } of picture.boxes) {
            const through = a.x > x && a.x < x + width && a.top < y + height && a.bottom > y;
            expect(through).toBe(false);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function apart(a: Rectangle, b: Rectangle): boolean {
  return a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
}

function uprights({ wires }: Picture): { x: number; top: number; bottom: number; network: string | undefined }[] {
  return wires.flatMap(({ points, network: of }) => {
    const [[x, y], [otherX, otherY]] = points as [readonly [number, number], readonly [number, number]];
    return x === otherX ? [{ x, top: Math.min(y, otherY), bottom: Math.max(y, otherY), network: of }] : [];
  });
}
