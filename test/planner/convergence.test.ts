import { beforeEach, describe, expect, test } from 'vitest';

import { printPlan } from '../../src/planner/print.ts';
import type { Resource } from '../../src/model/resources.ts';
import { goals, laboratory, variants } from '../support/goals.ts';
import { createLab, type Lab } from '../support/lab.ts';

let lab: Lab;

beforeEach(async () => {
  lab = createLab();
  await lab.run((await lab.plan(laboratory)).plan);
});

/** The laboratory with some goals wanted otherwise. */
const wanting = (...others: readonly Resource[]): Resource[] =>
  laboratory.map((each) => others.find((other) => other.kind === each.kind) ?? each);

/** The laboratory with its guest on another host. */
const moved = laboratory.map((each) =>
  each.guest !== undefined && each.host === 'h2' ? { ...each, host: 'main' } : each,
);

async function textOf(desired: readonly Resource[]): Promise<string> {
  return printPlan((await lab.plan(desired)).plan);
}

/** Makes the hosts match, and shows that then nothing is left to do. */
async function converge(desired: readonly Resource[]): Promise<void> {
  expect((await lab.run((await lab.plan(desired)).plan)).failed).toEqual(new Set());
  expect((await lab.plan(desired)).plan.batches).toEqual([]);
}

describe('what somebody did behind our back', () => {
  test('a removed port is made again, live', async () => {
    const { rows } = lab.world.host('main');
    const port = Object.values(rows).find(
      ({ table, columns }) => table === 'Logical_Switch_Port' && columns['name'] === 'lab-lan-web-0',
    )!;
    delete rows[port.uuid];
    expect(await textOf(laboratory)).toMatchInlineSnapshot(`
      "lab: 1 to create, 0 to change, 0 to remove

      network
        create 1 ovn.switch-port on main: missing
          lab-lan-web-0
      "
    `);
    await converge(laboratory);
  });

  test('a destroyed domain is started, and keeps its disk', async () => {
    const { domains, files } = lab.world.host('h2');
    domains['lab-web']!.state = 'shut off';
    const disks = { ...files };
    await converge(laboratory);
    expect(domains['lab-web']!.state).toBe('running');
    expect(files).toEqual(disks);
  });

  test('an undefined domain is made again around its disk, and no script runs twice', async () => {
    const { domains, files, jobs } = lab.world.host('h2');
    delete domains['lab-web'];
    const before = { files: { ...files }, jobs: structuredClone(jobs) };
    expect(await textOf(laboratory)).toMatchInlineSnapshot(`
      "lab: 1 to create, 1 to change, 0 to remove

      start
        create 1 libvirt.domain on h2: missing
          lab-web
        change 1 guest.ready on h2: does not run
          lab-web
      "
    `);
    await converge(laboratory);
    expect(domains['lab-web']!.state).toBe('running');
    expect({ files, jobs }).toEqual(before);
  });

  test('changed memory is put right, with a restart', async () => {
    const found = lab.world.host('h2').domains['lab-web']!;
    found.domain = { ...found.domain, memoryMiB: 64 };
    expect(await textOf(laboratory)).toContain('memoryMiB 64 → 128 [restart by web]');
    await converge(laboratory);
  });
});

describe('an edit of the file', () => {
  test('that is live says so, and who feels it', async () => {
    const { 'ovn.switch': lan, 'ovn.acl': acl, 'ovn.switch-port': port } = goals;
    const edited = wanting(
      { ...lan, subnet: '10.0.0.0/25' },
      { ...acl, action: 'reject' },
      { ...port, addresses: [...port.addresses, '52:54:00:aa:bb:01 10.0.0.12'] },
    );
    expect(await textOf(edited)).toMatchInlineSnapshot(`
      "lab: 0 to create, 3 to change, 0 to remove

      network
        change 1 ovn.switch on main: subnet 10.0.0.0/24 → 10.0.0.0/25 [live by web]
          lab-lan
        change 1 ovn.acl on main: action drop → reject [live by web]
          lab-lan-0
        change 1 ovn.switch-port on main: addresses changed [live by web]
          lab-lan-web-0
      "
    `);
    await converge(edited);
  });

  test('shows every depth of change in one plan', async () => {
    const edited = wanting({ ...goals['ovn.acl'], action: 'reject' }, variants['libvirt.domain']!, {
      ...goals.disk,
      expandGiB: 1,
    });
    expect(await textOf(edited)).toMatchInlineSnapshot(`
      "lab: 3 to create, 1 to change, 4 to remove, 1 to run

      network
        change 1 ovn.acl on main: action drop → reject [live by web]
          lab-lan-0

      distribute
        remove 1 disk on h2: expandGiB 0 → 1 [data-loss by web]
          lab-web
        create 1 disk on h2: expandGiB 0 → 1 [data-loss by web]
          lab-web

      start
        remove 1 guest.ready on h2: libvirt.domain lab-web is remade [remake by web]
          lab-web
        remove 1 libvirt.domain on h2: disk lab-web is remade [remake by web]
          lab-web
        create 1 libvirt.domain on h2: disk lab-web is remade [remake by web]
          lab-web
        create 1 guest.ready on h2: libvirt.domain lab-web is remade [remake by web]
          lab-web

      setup
        remove 1 script on h2: disk lab-web is remade [remake by web]
          lab-web-setup
        run 1 script on h2: disk lab-web is remade [remake by web]
          lab-web-setup
      "
    `);
  });

  test('that moves a guest shows the loss of its disk, and removes it there before it is made here', async () => {
    const { refused } = await lab.plan(moved, { replace: false });
    expect(refused.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "disk /var/lib/kvm-compose/deployments/lab/disks/web.qcow2 on h2, overlay of aaaaaaaaaaaa would be lost: moves from h2 to main",
      ]
    `);
    const text = await textOf(moved);
    expect(text).toContain('remove 1 disk on h2: moves from h2 to main [data-loss by web]');
    expect(text).toContain('[move by web]');
    const { plan } = await lab.plan(moved);
    const order = plan.batches.flatMap(({ host, items }) => items.map(({ id }) => `${host}: ${id}`));
    for (const kind of ['disk', 'libvirt.domain']) {
      const gone = order.indexOf(`h2: delete ${kind}:lab-web`);
      expect(gone).toBeGreaterThanOrEqual(0);
      expect(order.indexOf(`main: create ${kind}:lab-web`)).toBeGreaterThan(gone);
    }
  });

  test('that drops a guest keeps its disk and says so; with --replace the disk goes last', async () => {
    const without = laboratory.filter(({ guest }) => guest !== 'web');
    const { plan, refused } = await lab.plan(without, { replace: false });
    expect(refused).toEqual([]);
    expect(plan.kept).toEqual([
      {
        ref: 'disk:lab-web',
        host: 'h2',
        describe: 'disk /var/lib/kvm-compose/deployments/lab/disks/web.qcow2 on h2, overlay of aaaaaaaaaaaa',
        why: 'its guest is not in the file',
      },
    ]);
    const gone = plan.batches.flatMap(({ items }) => items.map(({ id }) => id));
    expect(gone).toContain('delete libvirt.domain:lab-web');
    expect(gone.filter((id) => /disk|seed|script|folder|push/.test(id))).toEqual([]);
    const { plan: all } = await lab.plan(without);
    expect(all.batches.filter(({ last }) => last).flatMap(({ items }) => items.map(({ id }) => id))).toContain(
      'delete disk:lab-web',
    );
    await converge(without);
    expect(lab.world.host('h2').domains).toEqual({});
    expect(Object.keys(lab.world.host('h2').records)).not.toContain('disk:lab-web');
  });

  test('that brings a guest back goes on with its disk and runs no script again', async () => {
    const without = laboratory.filter(({ guest }) => guest !== 'web');
    await lab.run((await lab.plan(without, { replace: false })).plan);
    const { plan, refused } = await lab.plan(laboratory, { replace: false });
    expect(refused).toEqual([]);
    const done = plan.batches.flatMap(({ items }) => items.map(({ id }) => id));
    expect(done).toContain('create libvirt.domain:lab-web');
    expect(done.filter((id) => /disk|seed|script/.test(id))).toEqual([]);
  });
});
