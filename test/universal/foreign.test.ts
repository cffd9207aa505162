import { describe, expect, test } from 'vitest';

import type { Op } from '../../src/model/transport/op.ts';
import type { Carrier, CarrierItem } from '../../src/ports/carrier.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { laboratory } from '../support/goals.ts';
import { contextOf, createLab, labOwner } from '../support/lab.ts';

const owners = [
  { name: 'another installation', owner: { ...labOwner, installation: 'ffffffff' } },
  { name: 'another deployment', owner: { ...labOwner, deployment: 'other' } },
];

describe.each(owners)('what $name made', ({ owner }) => {
  // Read and planned for one by one: what a removal is handed is exactly this resource, as its owner would name it.
  test.each(laboratory.map((goal) => [goal.kind, goal] as const))(
    'stays when we remove it: %s',
    async (_kind, goal) => {
      const lab = createLab(undefined, undefined, owner);
      await lab.run((await lab.plan(laboratory)).plan);
      const before = JSON.stringify(lab.world.host(goal.host));
      const kind = kindOf(goal.kind);
      // Rows have the identity their owner's installation gave them.
      const op: Op = kind.render(undefined, { ...owner, generation: 1, hash: 'x' }, goal);
      const item: CarrierItem = { id: `delete ${goal.kind}:${goal.name}`, op, needs: [] };
      const carrier = lab.world.carriers[kind.transport as keyof typeof lab.world.carriers] as Carrier;
      const [host] = [{ ...lab.inventory.hosts[0]!, name: goal.host }];
      const outcomes = await carrier.apply(host, [item], contextOf({ id: 'x' }, 'do', labOwner));
      expect(outcomes).toMatchObject([{ status: 'failed', failure: { code: 'name-taken', class: 'permanent' } }]);
      expect(JSON.stringify(lab.world.host(goal.host))).toBe(before);
      const [own] = await carrier.apply(host, [item], contextOf({ id: 'x' }, 'do', owner));
      expect(own?.status === 'failed' ? own.failure.code : undefined).not.toBe('name-taken');
    },
  );
});

test('ports of a domain that is gone go with its removal only if they are ours', async () => {
  const theirs = createLab(undefined, undefined, { ...labOwner, installation: 'ffffffff' });
  await theirs.run((await theirs.plan(laboratory)).plan);
  const domain = laboratory.find(({ kind }) => kind === 'libvirt.domain')!;
  const host = theirs.world.host(domain.host);
  delete host.domains[domain.name];
  const before = JSON.stringify(host);
  const op = kindOf('libvirt.domain').render(undefined, { ...labOwner, generation: 1, hash: 'x' }, domain);
  const target = { ...theirs.inventory.hosts[0]!, name: domain.host };
  const carrier = theirs.world.carriers.libvirt as unknown as Carrier;
  const [outcome] = await carrier.apply(target, [{ id: 'x', op, needs: [] }], contextOf({ id: 'x' }, 'do'));
  expect(outcome).toMatchObject({ status: 'already' });
  expect(JSON.stringify(host)).toBe(before);
});
