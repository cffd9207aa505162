import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { describe, expect, test } from 'vitest';

import { guestRows, guestsOf } from '../../src/activities/guest-status.ts';
import { sharedTexts } from '../../src/model/artefacts.ts';
import type { KindName } from '../../src/model/kind.ts';
import { copyOf } from '../../src/model/observed.ts';
import { type Ref, refOf } from '../../src/model/ref.ts';
import type { ResourceKind } from '../../src/resources/contract.ts';
import { laterKinds } from '../../src/resources/later/kinds.ts';
import { kindOf, kinds } from '../../src/resources/registry.ts';
import { attachmentKinds, runtimeSources, stateOfGuest } from '../../src/resources/shared/guests.ts';
import { compileText, twoHosts } from '../compiler/golden-text.ts';
import { noSecrets } from '../support/doubles.ts';
import { goals, laboratory } from '../support/goals.ts';
import { createLab, type Lab } from '../support/lab.ts';

const examplesFolder = resolve(import.meta.dirname, '../../examples');

/** Every example that has nothing in it that is for later. */
const projects = readdirSync(examplesFolder).flatMap((name) => {
  const { desired = [] } = compileText(readFileSync(resolve(examplesFolder, name, 'kvm-compose.yaml'), 'utf8'));
  return desired.some(({ kind }) => kind in laterKinds) ? [] : [{ name, desired }];
});

/** Kinds that have a member of the contract. */
function having(member: keyof ResourceKind): KindName[] {
  return [...kinds.values()].filter((kind) => kind[member] !== undefined).map(({ kind }) => kind);
}

async function running(): Promise<Lab> {
  const lab = createLab();
  await lab.run((await lab.plan(laboratory)).plan);
  return lab;
}

test('there are projects to look at', () => {
  expect(projects.length).toBeGreaterThan(2);
});

describe('a runtime', () => {
  test('is what those that may not import it take for one', () => {
    expect(runtimeSources.map(({ kind }) => kind)).toEqual(having('runtime'));
  });

  test('can be waited for and run commands in where something says it is ready', () => {
    for (const { runtime } of guestsOf(laboratory)) {
      expect(runtime.capabilities).toEqual(expect.arrayContaining(['exec', 'readiness']));
    }
  });

  test.for(projects)('is there once for every guest of $name', ({ desired }) => {
    const guests = [...new Set(desired.flatMap(({ guest }) => guest ?? []))].sort();
    expect(guests.length).toBeGreaterThan(0);
    const found = guestsOf(desired).map(({ goal }) => goal.guest ?? '');
    expect(found.sort()).toEqual(guests);
  });

  test.for(['running', 'paused', 'shut off'] as const)(
    'that is %s is so for itself and for its readiness',
    async (state) => {
      const lab = await running();
      lab.world.host('h2').domains['lab-web']!.state = state;
      const observed = await lab.observed();
      const [guest] = guestsOf(laboratory);
      const own = guest!.runtime.state(copyOf(observed, refOf(guest!.goal))!);
      const answers = await lab.world.observer.observe(
        { ...twoHosts.hosts[0]!, name: 'h2' },
        ['libvirt'],
        { deployment: 'lab', installation: '0123abcd', host: 'h2', main: 'main' },
        new AbortController().signal,
      );
      expect(stateOfGuest(answers, guest!.goal.name)).toEqual(own);
      expect(own.power).toBe({ running: 'on', paused: 'paused', 'shut off': 'off' }[state]);
      expect(own.boot !== undefined).toBe(state !== 'shut off');
      expect(stateOfGuest(answers, 'lab-other')).toBeUndefined();
    },
  );
});

describe('readiness and scripts', () => {
  test('need every kind their guest may be, and no other thing of that name but its disk', () => {
    for (const each of [goals['guest.ready'], goals.script]) {
      const refs = kindOf(each.kind)
        .needs(each)
        .map(({ ref }) => ref);
      for (const kind of having('runtime')) expect(refs).toContain(`${kind}:${each.domain}`);
    }
  });

  test('one kind says that a guest is ready, of every guest that is reached', () => {
    expect(having('readiness')).toEqual(['guest.ready']);
    for (const { desired } of projects) {
      const said = desired.filter(({ kind }) => kindOf(kind).readiness);
      for (const each of said) expect(kindOf(each.kind).readiness!.reach(each).guest).toBe(each.guest);
    }
  });
});

describe('an attachment', () => {
  test('is what guests take for one', () => {
    expect(attachmentKinds).toEqual(having('attachment'));
  });

  test.for(projects)(
    'is there for every interface of the guests of $name, and status shows its addresses',
    async ({ desired }) => {
      const byRef = new Map(desired.map((each) => [refOf(each), each] as const));
      const observed = { copies: new Map(), facts: new Map(), unknown: new Map() };
      const rows = await guestRows({ secrets: noSecrets }, { inventory: twoHosts, desired, observed });
      const places = new Set<Ref>();
      for (const { goal, runtime } of guestsOf(desired)) {
        const own = runtime.attachments(goal);
        const addresses = own.flatMap((ref) => {
          const place = byRef.get(ref)!;
          return kindOf(place.kind).attachment!.addresses(place);
        });
        expect(rows.find(({ name }) => name === goal.guest)?.addresses.toSorted()).toEqual(addresses.sort());
        for (const ref of own) places.add(ref);
      }
      const ofGuests = desired.filter(({ kind, guest }) => kindOf(kind).attachment && guest !== undefined);
      expect([...places].sort()).toEqual(ofGuests.map(refOf).sort());
    },
  );

  test('gives the addresses behind its MAC address', () => {
    const port = { ...goals['ovn.switch-port'], addresses: ['0a:00:00:00:00:01 10.0.0.1 fd00::1', 'unknown'] };
    expect(kindOf(port.kind).attachment!.addresses(port)).toEqual(['10.0.0.1', 'fd00::1']);
    expect(kindOf(port.kind).attachment!.addresses({ ...port, addresses: ['0a:00:00:00:00:01 dynamic'] })).toEqual([
      'dynamic',
    ]);
  });
});

describe('artefacts', () => {
  const label = { installation: 'its-installation', deployment: 'lab', generation: 7, hash: 'its-hash' };

  test.for(having('artefacts'))(
    'of %s lie in a file of all or in the folder of its guest, and hold no label',
    (kind) => {
      const goal = goals[kind];
      const texts = kindOf(kind).artefacts!(goal, label);
      expect(texts.length).toBeGreaterThan(0);
      for (const each of texts) {
        const isShared = sharedTexts.some(({ path }) => path === each.path);
        expect(isShared || each.path.startsWith(`${goal.guest ?? ''}/`)).toBe(true);
        const text = each.text((id) => id);
        expect(text).not.toMatch(/its-installation|its-hash/);
        expect(text).not.toBe('');
      }
    },
  );
});

test('what may be one of several of its guest is called by its file, its name and the end of that', () => {
  const called = (word: string): KindName[] =>
    laboratory.filter((each) => kindOf(each.kind).isCalled?.(each, word)).map(({ kind }) => kind);
  for (const word of ['setup.sh', 'lab-web-setup', 'setup']) expect(called(word)).toEqual(['script']);
  expect(called('web')).toEqual([]);
});
