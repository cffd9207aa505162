import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { kindNames, stageNames } from '../../src/model/kind.ts';
import { runCli } from '../support/cli.ts';

const root = resolve(import.meta.dirname, '../..');

/** What is promised; more fields may come. */
const promised = z.object({
  deployment: z.literal('lab'),
  stages: z.array(
    z.object({
      name: z.enum(stageNames),
      instructions: z
        .array(
          z.object({
            id: z.string().min(1),
            kind: z.enum(kindNames),
            host: z.string().min(1),
            resources: z.array(z.object({ type: z.enum(kindNames), name: z.string().min(1) })).min(1),
            action: z.enum(['create', 'update', 'delete', 'run']),
            cause: z.string().min(1),
            after: z.array(z.string()),
          }),
        )
        .min(1),
    }),
  ),
  summary: z.object({ create: z.int().min(0), change: z.int().min(0), delete: z.int().min(0) }),
});

const promisedNames =
  'ovn.switch ovn.switch-port ovn.router ovn.router-port ovn.route ovn.gateway ovn.nat ovn.dhcp ovn.dns ovn.acl ovs.bridge ovs.tunnel ovs.link libvirt.network libvirt.domain container android folder image disk seed golden push access.port access.rule access.link guest.ready script';

describe('plan --format json', () => {
  test('knows the promised stages in their order, and every promised resource type', () => {
    expect(stageNames.join(' ')).toBe('artefacts hosts folders network images distribute start setup');
    expect(kindNames).toEqual(expect.arrayContaining(promisedNames.split(' ')));
  });

  test.each(readdirSync(resolve(root, 'examples')))('of %s has the promised shape', async (example) => {
    const folder = '/home/ann/lab';
    const project = readFileSync(resolve(root, 'examples', example, 'kvm-compose.yaml'), 'utf8');
    const files = { [`${folder}/kvm-compose.yaml`]: project };
    const run = await runCli(['plan', '--offline', '--format', 'json'], { files, cwd: folder, images: [] });
    const plan = promised.parse(JSON.parse(run.stdout));
    const order = plan.stages.map(({ name }) => stageNames.indexOf(name));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    const instructions = plan.stages.flatMap((stage) => stage.instructions);
    const ids = instructions.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { id, after } of instructions) {
      expect(ids).toEqual(expect.arrayContaining(after));
      expect(after).not.toContain(id);
    }
    const created = instructions.filter(({ action }) => action === 'create').flatMap(({ resources }) => resources);
    expect(plan.summary).toMatchObject({ create: created.length, change: 0, delete: 0 });
  });
});
