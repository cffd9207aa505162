import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { lifeOf, type ObservedState } from '../../src/model/observed.ts';
import type { Plan } from '../../src/model/plan.ts';
import { type Ref, refOf } from '../../src/model/ref.ts';
import type { Resource } from '../../src/model/resources.ts';
import { whySurplus } from '../../src/planner/garbage.ts';
import { planChanges, type PlanInput, type PlanResult } from '../../src/planner/plan.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { goals, laboratory, variants } from '../support/goals.ts';
import { createLab, inventoryOf, labOwner } from '../support/lab.ts';

const lab = createLab();
await lab.run((await lab.plan(laboratory)).plan);
const found = await lab.observed();

/** The laboratory as it is, some of it because a person asked for it. */
function askedFor(refs: ReadonlySet<Ref>): ObservedState {
  const copies = [...found.copies].map(([ref, all]) => {
    const asked = all.map((each) => ({ ...each, label: { ...each.label!, life: 'person' as const } }));
    return [ref, refs.has(ref) ? asked : all] as const;
  });
  return { ...found, copies: new Map(copies) };
}

type Planning = Partial<Pick<PlanInput, 'replace' | 'purges' | 'removal'>>;

function planOf(desired: readonly Resource[], observed: ObservedState, planning: Planning = {}): PlanResult {
  return planChanges({ ...labOwner, inventory: inventoryOf('main', 'h2'), desired, observed, kindOf, ...planning });
}

const refsIn = ({ batches }: Plan): Ref[] => batches.flatMap(({ items }) => items.map(({ ref }) => ref));
const keptIn = ({ kept = [] }: Plan): Ref[] => kept.map(({ ref }) => ref);

/** A thing and whatever it cannot be without. */
function standingOn(ref: Ref, all = new Set<Ref>()): ReadonlySet<Ref> {
  const resource = laboratory.find((each) => refOf(each) === ref);
  if (!resource || all.has(ref)) return all;
  all.add(ref);
  if (!kindOf(resource.kind).isKnowledge)
    for (const edge of kindOf(resource.kind).needs(resource)) standingOn(edge.ref, all);
  return all;
}

const ups: readonly Planning[] = [{}, { replace: true }];
const down: Planning = { replace: true, removal: 'down', purges: () => false };
const purge: Planning = { replace: true, removal: 'down', purges: () => true };

describe.each(laboratory.map((goal) => ({ ref: refOf(goal), goal })))(
  '$ref that a person asked for',
  ({ ref, goal }) => {
    const observed = askedFor(new Set([ref]));
    const others = laboratory.filter((each) => each !== goal);

    test.each([...ups, down])('is in no plan of up or down (%o), and neither is what it needs', (planning) => {
      for (const desired of planning === down ? [[]] : [[], others]) {
        const { plan, keeps } = planOf(desired, observed, planning);
        expect(refsIn(plan)).not.toContain(ref);
        if (desired.length === 0) expect(refsIn(plan).filter((each) => standingOn(ref).has(each))).toEqual([]);
        expect(keptIn(plan)).toContain(ref);
        expect(keeps.map(refOf)).toContain(ref);
      }
    });

    test('is ended by down --purge', () => {
      const { plan, refused } = planOf([], observed, purge);
      expect(refsIn(plan)).toContain(ref);
      expect(keptIn(plan)).toEqual([]);
      expect(refused).toEqual([]);
    });

    test('is garbage only once its deployment is gone', () => {
      const [copy] = observed.copies.get(ref)!;
      expect(whySurplus(copy!, { wants: new Map(), own: true })).toBeUndefined();
      expect(whySurplus(copy!, undefined)).toContain('no deployment');
      expect(whySurplus(found.copies.get(ref)![0]!, { wants: new Map(), own: true })).toBeDefined();
    });
  },
);

test('whatever is wanted, no up is about anything that people asked for', () => {
  const some = fc.subarray([...laboratory]);
  fc.assert(
    fc.property(some, some, fc.constantFrom(...ups), (desired, asked, planning) => {
      const refs = new Set(asked.map(refOf));
      const { plan } = planOf(desired, askedFor(refs), planning);
      expect(refsIn(plan).filter((ref) => refs.has(ref))).toEqual([]);
    }),
  );
});

test('a second copy that a person asked for stays, even where up replaces', () => {
  const ref = refOf(goals.disk);
  const [copy] = found.copies.get(ref)!;
  const label = { ...copy!.label!, life: 'person' as const };
  const other = { ...copy!, label, as: { ...copy!.as, host: 'main' } };
  const observed = { ...found, copies: new Map([...found.copies, [ref, [copy!, other]]]) };
  const { plan } = planOf(laboratory, observed, { replace: true });
  expect([refsIn(plan), plan.kept?.map(({ host }) => host)]).toEqual([[], ['main']]);
  expect(refsIn(planOf([], observed, purge).plan).filter((each) => each === ref)).toHaveLength(2);
});

test('what is made anew around what a person asked for is refused until its loss is agreed to', () => {
  const domain = refOf(goals['libvirt.domain']);
  const desired = laboratory
    .filter((each) => refOf(each) !== domain)
    .map((each) => (each.kind === 'seed' ? variants.seed! : each));
  const observed = askedFor(new Set([domain]));
  expect(planOf(desired, observed).refused.map(({ code, object }) => `${code} ${object}`)).toEqual([
    'needs-replace lab-web',
  ]);
  expect(planOf(desired, observed, { replace: true }).refused).toEqual([]);
});

test('a change and a remake keep the life a thing has', () => {
  const changed = laboratory.map((each) => variants[each.kind] ?? each);
  const everything = new Set(laboratory.map(refOf));
  const { plan } = planOf(changed, askedFor(everything), { replace: true });
  const labels = plan.batches.flatMap(({ items }) =>
    items.flatMap(({ op }) => ('record' in op ? [op.record.mark] : 'mark' in op ? [op.mark] : [])),
  );
  expect(labels.length).toBeGreaterThan(3);
  expect(labels.filter(({ life }) => life !== 'person')).toEqual([]);
});

describe('what is made', () => {
  test('has its life from the file, but for base images', () => {
    const lives = [...found.copies].map(([ref, [copy]]) => [ref, lifeOf(copy!)] as const);
    expect(lives.filter(([, life]) => life !== 'file')).toEqual([[refOf(goals.push), 'reference']]);
  });

  test('is a base image that stays while a disk stands on it, and goes then', () => {
    const without = laboratory.filter(({ kind }) => kind !== 'push');
    expect(refsIn(planOf(without, found).plan)).toEqual([]);
    const noDisk = without.filter(({ kind }) => kind === 'folder');
    expect(refsIn(planOf(noDisk, found, { replace: true }).plan)).toContain(refOf(goals.push));
  });
});

test('a life is read where labels are, outlives down, and ends with down --purge', async () => {
  const hosts = createLab();
  await hosts.run((await hosts.plan(laboratory)).plan);
  const [main, h2] = [hosts.world.host('main'), hosts.world.host('h2')];
  const acl = Object.values(main.rows).find(({ table, columns }) => table === 'ACL' && columns['action'] === 'drop')!;
  const ids = { ...(acl.columns['external_ids'] as Record<string, string>), 'kvm-compose-life': 'person' };
  main.rows[acl.uuid] = { ...acl, columns: { ...acl.columns, external_ids: ids } };
  const domain = h2.domains['lab-web']!;
  domain.xml = domain.xml.replace(/<kc:mark /, "<kc:mark life='person' ");
  const wanted = [refOf(goals['ovn.acl']), refOf(goals['libvirt.domain'])];

  expect(refsIn((await hosts.plan(laboratory)).plan)).toEqual([]);
  const goesDown = (await hosts.plan([], { removal: 'down', purges: () => false })).plan;
  expect(keptIn(goesDown)).toEqual(expect.arrayContaining(wanted));
  expect((await hosts.run(goesDown)).failed).toEqual(new Set());
  const asked = [...(await hosts.observed()).copies].filter(([, [copy]]) => lifeOf(copy!) === 'person');
  expect(asked.map(([ref, [copy]]) => [ref, copy!.drift])).toEqual(
    expect.arrayContaining(wanted.map((ref) => [ref, undefined])),
  );
  await hosts.run((await hosts.plan([], purge)).plan);
  expect(await hosts.text()).toBe('');
});
