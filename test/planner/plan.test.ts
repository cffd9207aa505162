import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createSimulatedWorld } from '../../src/adapters/sim/world.ts';
import type { Resource } from '../../src/model/resources.ts';
import type { ObservedState } from '../../src/model/observed.ts';
import { outlineOf, planChanges, type PlanResult } from '../../src/planner/plan.ts';
import { printPlan } from '../../src/planner/print.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { deployment, goals, laboratory, variants } from '../support/goals.ts';
import { createLab, inventoryOf, labOwner } from '../support/lab.ts';

const nothing: ObservedState = { copies: new Map(), facts: new Map(), unknown: new Map() };
const inventory = inventoryOf('main', 'h2');

function plan(desired: readonly Resource[], observed = nothing, replace = false): PlanResult {
  return planChanges({ ...labOwner, inventory, desired, observed, kindOf, replace });
}

async function labWith(resources: readonly Resource[]) {
  const lab = createLab();
  await lab.run((await lab.plan(resources)).plan);
  return lab;
}

/** The laboratory with some goals wanted otherwise. */
const wanting = (...others: readonly Resource[]): Resource[] =>
  laboratory.map((each) => others.find((other) => other.kind === each.kind) ?? each);

describe('the plan of a laboratory', () => {
  test('reads so', () => {
    expect(printPlan(plan(laboratory).plan)).toMatchInlineSnapshot(`
      "lab: 19 to create, 0 to change, 0 to remove, 1 to run

      folders
        create 1 folder on h2: missing
          lab@h2

      network
        create 1 ovn.switch on main: missing
          lab-lan
        create 1 access.port on main: missing
          lab-lan-access-h2
        create 1 access.rule on main: missing
          lab-lan-access-h2
        create 1 ovn.dhcp on main: missing
          lab-lan
        create 1 ovn.switch-port on main: missing
          lab-lan-web-0
        create 1 ovn.acl on main: missing
          lab-lan-0
        create 1 ovn.dns on main: missing
          lab-lan
        create 1 ovn.router on main: missing
          lab-edge
        create 1 ovn.router-port on main: missing
          lab-edge-lan
        create 1 ovn.gateway on main: missing
          lab-edge-lan-main
        create 1 ovn.nat on main: missing
          lab-edge-snat
        create 1 ovn.route on main: missing
          lab-edge-default
        create 1 access.link on h2: missing
          lab-lan-access-h2

      images
        create 1 push on h2: missing
          lab/aaaaaaaaaaaa@h2

      distribute
        create 1 disk on h2: missing
          lab-web
        create 1 seed on h2: missing
          lab-web

      start
        create 1 libvirt.domain on h2: missing
          lab-web
        create 1 guest.ready on h2: missing
          lab-web

      setup
        run 1 script on h2: has not run
          lab-web-setup
      "
    `);
  });

  test('is fused into one batch for each transport and host that has to wait', () => {
    const { batches } = plan(laboratory).plan;
    expect(batches.map(({ id, after, summary }) => `${id} after [${after.join(' ')}]: ${summary}`))
      .toMatchInlineSnapshot(`
      [
        "files.h2.0 after []: create 1 folder, 1 push, 1 disk, 1 seed on h2: missing",
        "ovn.main.0 after []: create 1 ovn.switch, 1 access.port, 1 access.rule, 1 ovn.dhcp, 1 ovn.switch-port, 1 ovn.acl, 1 ovn.dns, 1 ovn.router, 1 ovn.router-port, 1 ovn.gateway, 1 ovn.nat, 1 ovn.route on m…",
        "libvirt.h2.0 after [files.h2.0 ovn.main.0]: create 1 libvirt.domain on h2: missing",
        "links.h2.0 after [ovn.main.0]: create 1 access.link on h2: missing",
        "guest.h2.0 after [files.h2.0 libvirt.h2.0 links.h2.0]: create 1 guest.ready; run 1 script on h2: missing, has not run",
      ]
    `);
  });

  test('is the same whatever the order of goals and findings', async () => {
    const lab = await labWith(wanting(variants['libvirt.domain']!, variants['ovn.nat']!));
    const { copies: observed, ...rest } = await lab.observed();
    const text = JSON.stringify(plan(laboratory, { copies: observed, ...rest }).plan);
    const shuffled = fc.tuple(
      fc.shuffledSubarray([...laboratory], { minLength: laboratory.length }),
      fc.shuffledSubarray([...observed], { minLength: observed.size }),
    );
    fc.assert(
      fc.property(shuffled, ([desired, found]) => {
        expect(JSON.stringify(plan(desired, { ...rest, copies: new Map(found) }).plan)).toBe(text);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a change', () => {
  test('of one guest touches its resources only', async () => {
    const lab = await labWith(laboratory);
    expect(printPlan((await lab.plan(wanting(variants['libvirt.domain']!))).plan)).toMatchInlineSnapshot(`
      "lab: 0 to create, 2 to change, 0 to remove

      start
        change 1 libvirt.domain on h2: memoryMiB 128 → 256 [restart by web]
          lab-web
        change 1 guest.ready on h2: libvirt.domain lab-web is restarted
          lab-web
      "
    `);
  });

  test('of a seed remakes the guest around its disk, and runs no script again', async () => {
    const lab = await labWith(laboratory);
    expect(printPlan((await lab.plan(wanting(variants.seed!))).plan)).toMatchInlineSnapshot(`
      "lab: 3 to create, 0 to change, 3 to remove

      distribute
        remove 1 seed on h2: files [{"name":"meta-data","text":"instance-id: web-1\\n"}] → [{"name":"meta-data","text":"instance-id: web-2\\n"}], instanceId web-1 → web-2 [remake by web]
          lab-web
        create 1 seed on h2: files [{"name":"meta-data","text":"instance-id: web-1\\n"}] → [{"name":"meta-data","text":"instance-id: web-2\\n"}], instanceId web-1 → web-2 [remake by web]
          lab-web

      start
        remove 1 guest.ready on h2: libvirt.domain lab-web is remade [remake by web]
          lab-web
        remove 1 libvirt.domain on h2: seed lab-web is remade [remake by web]
          lab-web
        create 1 libvirt.domain on h2: seed lab-web is remade [remake by web]
          lab-web
        create 1 guest.ready on h2: libvirt.domain lab-web is remade [remake by web]
          lab-web
      "
    `);
  });

  test('of what a disk is made from loses the disk, and is refused unless asked for', async () => {
    const lab = await labWith(laboratory);
    const wanted = wanting({ ...goals.disk, how: 'copy' });
    expect((await lab.plan(wanted, { replace: false })).refused).toMatchObject([
      { code: 'needs-replace', object: 'lab-web', host: 'h2' },
    ]);
    const { plan: asked, refused } = await lab.plan(wanted, { replace: true });
    expect(refused).toEqual([]);
    expect(printPlan(asked)).toMatchInlineSnapshot(`
      "lab: 3 to create, 0 to change, 4 to remove, 1 to run

      distribute
        remove 1 disk on h2: how overlay → copy [data-loss by web]
          lab-web
        create 1 disk on h2: how overlay → copy [data-loss by web]
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

  test('of the host is a move, removed there before it is made here', async () => {
    const lab = await labWith(laboratory);
    const moved = laboratory.map((each) => (each.kind === 'libvirt.domain' ? { ...each, host: 'main' } : each));
    expect((await lab.plan(moved, { replace: false })).refused).toMatchObject([{ code: 'needs-replace' }]);
    const { batches } = (await lab.plan(moved)).plan;
    const order = batches.flatMap(({ host, items }) => items.map(({ id }) => `${host}: ${id}`));
    const gone = order.indexOf('h2: delete libvirt.domain:lab-web');
    expect(gone).toBeGreaterThanOrEqual(0);
    expect(order.indexOf('main: create libvirt.domain:lab-web')).toBeGreaterThan(gone);
  });

  test('that happened behind our back is put right', async () => {
    const lab = await labWith(laboratory);
    const h2 = lab.world.host('h2');
    h2.domains['lab-web']!.state = 'shut off';
    const { plan: repair } = await lab.plan(laboratory);
    expect(printPlan(repair)).toMatchInlineSnapshot(`
      "lab: 0 to create, 2 to change, 0 to remove

      start
        change 1 libvirt.domain on h2: shut off
          lab-web
        change 1 guest.ready on h2: does not run
          lab-web
      "
    `);
    await lab.run(repair);
    expect((await lab.plan(laboratory)).plan.batches).toEqual([]);
  });

  test('of a lost file makes the disk and all that lived on it anew', async () => {
    const lab = await labWith(laboratory);
    delete lab.world.host('h2').files[goals.disk.path];
    const { plan: repair, refused } = await lab.plan(laboratory, { replace: false });
    expect(refused).toEqual([]);
    expect(printPlan(repair)).toMatchInlineSnapshot(`
      "lab: 3 to create, 0 to change, 4 to remove, 1 to run

      distribute
        remove 1 disk on h2: file missing [remake by web]
          lab-web
        create 1 disk on h2: file missing [remake by web]
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
});

describe('things of others', () => {
  test.each([
    ['of another installation', { installation: 'ffffffff' }],
    ['of another deployment', { deployment: 'other' }],
  ])('%s are refused where they bear our names, and never removed', async (_name, stranger) => {
    const lab = await labWith([goals['ovn.switch']]);
    const { copies: observed, ...rest } = await lab.observed();
    const owner = { ...labOwner, ...stranger };
    const asOther = (desired: readonly Resource[]): PlanResult =>
      planChanges({ ...owner, inventory, desired, observed: { copies: observed, ...rest }, kindOf });
    expect(asOther([goals['ovn.switch']]).refused).toMatchObject([{ code: 'name-taken', object: 'lab-lan' }]);
    expect(asOther([]).plan.batches).toEqual([]);
  });
});

test('kinds without a carrier are refused by name', () => {
  const { refused } = plan([goals.container, goals['ovs.bridge']]);
  expect(refused.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    'not-supported-yet: container lab-container is not supported yet',
    'not-supported-yet: bridge lab-ovs.bridge is not supported yet',
  ]);
});

describe('a script', () => {
  test('in a guest this run makes goes with the guest', () => {
    const item = plan(laboratory)
      .plan.batches.flatMap(({ items }) => items)
      .find(({ ref }) => ref.startsWith('script:'));
    expect(item?.undo).toMatchObject({ kind: 'op', op: { do: 'forget' } });
  });

  test('in a guest that was there before cannot be rolled back, and says so', async () => {
    const lab = await labWith(laboratory.filter(({ kind }) => kind !== 'script'));
    const { plan: later } = await lab.plan(laboratory);
    expect(later.batches.flatMap(({ items }) => items).map(({ undo }) => undo)).toEqual([
      { kind: 'never', why: 'what a script did in its guest stays' },
    ]);
  });

  test('of every up runs every time and counts as no change', async () => {
    const always = wanting({ ...goals.script, when: 'every-up' });
    const lab = await labWith(always);
    expect((await lab.plan(always)).plan.summary).toEqual({ create: 0, change: 0, delete: 0, run: 1 });
  });
});

describe('many guests', () => {
  const guests = Array.from({ length: 60 }, (_, n) => `g${n}`);
  const many: Resource[] = [
    ...laboratory.filter(({ guest }) => guest === undefined),
    ...guests.flatMap((guest) => [
      { ...goals.disk, name: `lab-${guest}`, guest, path: goals.disk.path.replace('web', guest) },
      { ...goals.seed, name: `lab-${guest}`, guest, path: goals.seed.path.replace('web', guest) },
    ]),
  ];

  test('are split into batches of 25, after what belongs to none of them', () => {
    const files = plan(many).plan.batches.filter(({ transport }) => transport === 'files');
    expect(files.map(({ id, items, after }) => [id, items.length, after])).toEqual([
      ['files.h2.0', 2, []],
      ['files.h2.1', 50, ['files.h2.0']],
      ['files.h2.2', 50, ['files.h2.0']],
      ['files.h2.3', 20, ['files.h2.0']],
    ]);
  });

  test('are removed before what they share', async () => {
    const lab = createLab(inventory, createSimulatedWorld());
    await lab.run((await lab.plan(many)).plan);
    const { plan: down } = await lab.plan([]);
    const files = down.batches.filter(({ transport }) => transport === 'files');
    expect(files.map(({ items }) => items.length)).toEqual([25, 25, 10, 25, 25, 10, 2]);
    expect((await lab.run(down)).failed).toEqual(new Set());
    expect(await lab.text()).toBe('');
  });

  test('leave a small outline', () => {
    expect(JSON.stringify(outlineOf(plan(many).plan)).length).toBeLessThan(1000);
  });
});

test('an outline waits for batches by their index', () => {
  const { plan: whole } = plan(laboratory);
  const outline = outlineOf(whole);
  expect(outline.batches.map((batch) => batch[5].map((n) => outline.batches[n]![0]))).toEqual(
    whole.batches.map(({ after }) => after),
  );
  expect(whole.deployment).toBe(deployment);
});
