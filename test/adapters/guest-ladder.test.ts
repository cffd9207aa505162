import { existsSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuestCarrier } from '../../src/adapters/carriers/guest/create-guest-carrier.ts';
import { manifestPath } from '../../src/adapters/host/manifest.ts';
import { admissionOf } from '../../src/model/admission.ts';
import type { Reach, ReadyRung } from '../../src/model/resources.ts';
import type { GuestOp } from '../../src/model/transport/guest.ts';
import type { RunContext } from '../../src/ports/carrier.ts';
import type { RunEvent } from '../../src/ports/events.ts';
import { here, LocalGuests } from '../support/local-guest.ts';

let guests: LocalGuests;
const consoles = '/var/lib/kvm-compose/deployments/lab/console';

beforeEach(async () => {
  guests = await LocalGuests.create();
  await mkdir(join(guests.folder, 'host/deployments/lab/console'));
});

afterEach(() => guests.remove());

type Emitted = Omit<RunEvent, 'at' | 'source'>;

function context(more: Partial<RunContext> = {}) {
  const controller = new AbortController();
  const events: Emitted[] = [];
  const said = new Set<string | undefined>();
  const value: RunContext = {
    deployment: 'lab',
    installation: '01234567',
    key: 'run-1/guest.here.0',
    verb: 'do',
    attempt: 1,
    signal: controller.signal,
    cancelRequested: () => true,
    emit: (event) => void events.push(event),
    progress: (_done, _of, _waitingFor, doing) => void said.add(doing),
    ...more,
  };
  const rungs = (guest: string): unknown[] =>
    events.filter((each) => each.code === 'guest-rung' && each.guest === guest).map(({ data }) => data?.['rung']);
  return { value, events, said, rungs, abort: () => controller.abort(new Error('stop')) };
}

type ReadyOp = Extract<GuestOp, { do: 'ready' }>;

function ready(guest: string, until: ReadyRung = 'ssh', noProgressSeconds = 20, reach: Partial<Reach> = {}): ReadyOp {
  const name = `lab-${guest}`;
  const goal = {
    kind: 'guest.ready',
    name,
    host: 'here',
    domain: name,
    reach: guests.reach(guest, reach),
    until,
    noProgressSeconds,
    consoleLog: `${consoles}/${guest}.log`,
  } as const;
  const label = { installation: '01234567', deployment: 'lab', generation: 1, hash: 'x' };
  return { transport: 'guest', do: 'ready', goal, record: { ref: `guest.ready:${name}`, mark: label, goal } };
}

const waits = (...names: string[]): Promise<void[]> =>
  Promise.all(names.map((name) => guests.domain(`lab-${name}`, process.pid, 'paused')));
const isPaused = (name: string): boolean => existsSync(join(guests.folder, 'run', `lab-${name}.paused`));
const runs = (...names: string[]): Promise<void[]> =>
  Promise.all(names.map((name) => guests.domain(`lab-${name}`, process.pid)));
const print = (guest: string, text: string): Promise<void> =>
  appendFile(join(guests.folder, `host/deployments/lab/console/${guest}.log`), text);
const apply = (run: ReturnType<typeof context>, ...ops: GuestOp[]) =>
  createGuestCarrier({ runner: guests.runner, secrets: guests.secrets }).apply(
    here,
    ops.map((op, n) => ({ id: `${n}`, op, needs: [] })),
    run.value,
  );
const recordOf = async (guest: string): Promise<unknown> => {
  const text = await guests.read(
    manifestPath('lab', `guest.ready:lab-${guest}`).replace('/var/lib/kvm-compose', 'host'),
  );
  return text === '' ? undefined : JSON.parse(text);
};

describe('a guest on its way up', () => {
  test('is waited for rung by rung, and what it reached is true for this boot', async () => {
    await runs('web');
    const run = context();
    const climbing = apply(run, ready('web', 'cloud-init'));
    await expect.poll(() => run.rungs('web')).toEqual(['running']);
    await guests.listen();
    expect(await climbing).toEqual([{ id: '0', status: 'done' }]);
    expect(run.rungs('web')).toEqual(['running', 'banner', 'ssh', 'cloud-init']);
    expect(run.events.at(-1)).toMatchObject({ code: 'guest-ready', guest: 'web', data: { until: 'cloud-init' } });
    expect(await recordOf('web')).toMatchObject({
      boot: expect.stringMatching(new RegExp(`^${process.pid}\\.\\d+$`)),
      goal: { name: 'lab-web' },
    });
  }, 20_000);

  test('is asked nothing when running is enough', async () => {
    await runs('web');
    const run = context();
    expect((await apply(run, ready('web', 'running')))[0]!.status).toBe('done');
    expect(run.rungs('web')).toEqual(['running']);
  });

  test('is not logged into when its banner is enough', async () => {
    await runs('web');
    await guests.listen();
    const run = context();
    expect((await apply(run, ready('web', 'banner', 20, { keySecret: 'lab/other' })))[0]!.status).toBe('done');
    expect(run.rungs('web')).toEqual(['running', 'banner']);
  });

  test('comes up with many others, though sshd takes only so many strangers at a time', async () => {
    const names = Array.from({ length: 25 }, (_, n) => `g${n}`);
    await runs(...names);
    await guests.listen();
    const outcomes = await apply(context(), ...names.map((name) => ready(name)));
    expect(outcomes.filter(({ status }) => status === 'done')).toHaveLength(25);
  }, 60_000);
});

describe('a guest that does not come up', () => {
  test('is given up with its console and a likely cause, and delays nobody', async () => {
    await runs('web', 'db');
    await print('web', 'booting\r\n\u001b[31mKernel panic\u001b[0m - not syncing: no init\r\n');
    await guests.listen();
    const run = context();
    const nowhere = { routes: [{ link: 'lo', address: 'closed', via: 'x' }] };
    const outcomes = await apply(run, ready('web', 'ssh', 2, nowhere), ready('db'));
    expect(outcomes.map(({ id, status }) => `${id} ${status}`)).toEqual(['1 done', '0 failed']);
    expect(outcomes[1]).toMatchObject({
      failure: {
        code: 'guest-stalled',
        class: 'permanent',
        object: 'web',
        message: expect.stringContaining('its kernel panicked'),
        stderr: 'booting\nKernel panic - not syncing: no init',
      },
    });
    expect(run.events.filter(({ code }) => code === 'guest-stalled')[0]).toMatchObject({
      level: 'warn',
      guest: 'web',
      data: { console: ['booting', 'Kernel panic - not syncing: no init'] },
    });
    expect(await recordOf('web')).toBeUndefined();
  }, 20_000);

  test('is waited for as long as its console grows', async () => {
    await runs('web');
    const run = context();
    const climbing = apply(run, ready('web', 'ssh', 4));
    const begin = Date.now();
    await expect
      .poll(
        async () => {
          await print('web', 'still booting\n');
          return Date.now() - begin;
        },
        { timeout: 15_000, interval: 500 },
      )
      .toBeGreaterThan(9000);
    await guests.listen();
    expect((await climbing)[0]!.status).toBe('done');
  }, 25_000);

  test.each<[string, Partial<Reach>]>([
    ['guest-host-key', { hostKeySecret: 'lab/hostkey/other' }],
    ['guest-auth', { keySecret: 'lab/other' }],
  ])(
    'because of %s says so',
    async (code, reach) => {
      await runs('web');
      await guests.listen();
      const [outcome] = await apply(context(), ready('web', 'ssh', 2, reach));
      expect(outcome).toMatchObject({ status: 'failed', failure: { code, class: 'permanent', object: 'web' } });
    },
    20_000,
  );

  test('because it stopped running is given up at once', async () => {
    await runs('web');
    const run = context();
    const climbing = apply(run, ready('web', 'ssh', 60));
    await expect.poll(() => run.rungs('web')).toEqual(['running']);
    await guests.domain('lab-web', undefined);
    const [outcome] = await climbing;
    expect(outcome).toMatchObject({
      failure: { code: 'guest-stalled', message: expect.stringContaining('stopped running') },
    });
  }, 20_000);

  test('is let go when the run is stopped', async () => {
    await runs('web');
    const run = context();
    const climbing = apply(run, ready('web', 'ssh', 60));
    await expect.poll(() => run.rungs('web')).toEqual(['running']);
    run.abort();
    await expect(climbing).rejects.toThrow('stop');
  });
});

test('what needs a guest that failed is skipped', async () => {
  const carrier = createGuestCarrier({ runner: guests.runner, secrets: guests.secrets });
  const items = [
    { id: 'a', op: ready('web', 'running'), needs: [] },
    { id: 'b', op: ready('web', 'running'), needs: ['a'] },
  ];
  const outcomes = await carrier.apply(here, items, context().value);
  expect(outcomes.map(({ id, status }) => `${id} ${status}`)).toEqual(['a failed', 'b skipped']);
});

/** At most so many guests booted at the same time, as the events tell it one after the other. */
function mostBooting(run: ReturnType<typeof context>): number {
  let booting = 0;
  let most = 0;
  for (const { code, data } of run.events) {
    if (code !== 'guest-rung') continue;
    if (data?.['rung'] === 'running') booting += 1;
    if (data?.['rung'] === 'banner') booting -= 1;
    most = Math.max(most, booting);
  }
  return most;
}

const two = { admission: { start: 2, least: 2, most: 2 } };
const closed = { routes: [{ link: 'lo', address: 'closed', via: 'x' }] };

describe('guests that wait for room', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];

  test('are resumed in their order, never more at a time than may boot', async () => {
    await waits(...names);
    await guests.listen();
    const run = context(two);
    const outcomes = await apply(run, ...names.map((name) => ready(name)));
    expect(outcomes.map(({ status }) => status)).toEqual(names.map(() => 'done'));
    expect(mostBooting(run)).toBe(2);
    const order = run.events.flatMap(({ data, guest }) => (data?.['rung'] === 'running' ? [guest] : []));
    expect(order).toEqual(names);
    expect(run.said).toContain('2 of 6 booting, 4 wait for room');
  }, 30_000);

  test('go when one before them was given up, and lose no patience before', async () => {
    await waits('a', 'b', 'c');
    const run = context({ admission: { start: 1, least: 1, most: 1 } });
    const outcomes = await apply(run, ...['a', 'b', 'c'].map((name) => ready(name, 'ssh', 2, closed)));
    expect(outcomes.map(({ id, status }) => `${id} ${status}`)).toEqual(['0 failed', '1 failed', '2 failed']);
    const told = run.events.flatMap(({ code, data, guest }) => {
      if (code === 'guest-stalled') return [`${guest} stalls`];
      return data?.['rung'] === 'running' ? [`${guest} goes`] : [];
    });
    expect([...new Set(told)]).toEqual(['a goes', 'a stalls', 'b goes', 'b stalls', 'c goes', 'c stalls']);
  }, 30_000);

  test('go when the machine of one before them is gone', async () => {
    await waits('a', 'b', 'c');
    const run = context(two);
    const climbing = apply(run, ready('a', 'ssh', 60, closed), ready('b', 'ssh', 60, closed), ready('c', 'running'));
    await expect.poll(() => run.said).toContain('2 of 3 booting, 1 wait for room');
    await guests.domain('lab-a', undefined);
    await guests.domain('lab-b', undefined);
    const outcomes = await climbing;
    expect(outcomes.find(({ id }) => id === '2')).toMatchObject({ status: 'done' });
  }, 30_000);

  test('wait for those of another deployment too', async () => {
    await waits('a', 'b', 'c');
    const other = context({ ...two, key: 'run-2/guest.here.0' });
    const first = apply(other, ready('a', 'ssh', 60, closed), ready('b', 'ssh', 60, closed));
    await expect.poll(() => [isPaused('a'), isPaused('b')]).toEqual([false, false]);
    const second = apply(context(two), ready('c', 'running'));
    // Long enough for several looks for room.
    const begin = Date.now();
    await expect.poll(() => Date.now() - begin, { timeout: 5000 }).toBeGreaterThan(1500);
    expect(isPaused('c')).toBe(true);
    other.abort();
    await expect(first).rejects.toThrow('stop');
    expect(await second).toEqual([{ id: '0', status: 'done' }]);
    expect(isPaused('c')).toBe(false);
  }, 30_000);

  test('wait for those that an earlier attempt resumed', async () => {
    await waits('a', 'b', 'c', 'd');
    const ops = ['a', 'b', 'c', 'd'].map((name) => ready(name, 'ssh', 60, closed));
    const first = context(two);
    const killed = apply(first, ...ops);
    await expect.poll(() => first.said).toContain('2 of 4 booting, 2 wait for room');
    first.abort();
    await expect(killed).rejects.toThrow('stop');
    const again = context(two);
    const climbing = apply(again, ...ops);
    await expect.poll(() => again.said).toContain('2 of 4 booting, 2 wait for room');
    const begin = Date.now();
    await expect.poll(() => Date.now() - begin, { timeout: 5000 }).toBeGreaterThan(1500);
    expect(['a', 'b', 'c', 'd'].map(isPaused)).toEqual([false, false, true, true]);
    again.abort();
    await expect(climbing).rejects.toThrow('stop');
  }, 30_000);

  test('all boot at once where a person wants that', async () => {
    await waits(...names);
    const run = context({ admission: admissionOf({ cores: 1, accelerator: 'qemu' }, 'all') });
    const climbing = apply(run, ...names.map((name) => ready(name, 'ssh', 60, closed)));
    await expect.poll(() => names.some(isPaused)).toBe(false);
    run.abort();
    await expect(climbing).rejects.toThrow('stop');
  }, 20_000);
});

describe('a guest that depends on another', () => {
  const after = (op: ReadyOp, need: string, started?: true): ReadyOp => {
    const goal = { ...op.goal, after: [{ ref: `guest.ready:lab-${need}` as const, ...(started ? { started } : {}) }] };
    return { ...op, goal };
  };
  const applyInOrder = (run: ReturnType<typeof context>, web: ReadyOp, db: ReadyOp) =>
    createGuestCarrier({ runner: guests.runner, secrets: guests.secrets }).apply(
      here,
      [
        { id: 'web', op: web, needs: ['db'] },
        { id: 'db', op: db, needs: [] },
      ],
      run.value,
    );

  test('stays paused until that is ready', async () => {
    await waits('web', 'db');
    const run = context();
    const climbing = applyInOrder(run, after(ready('web'), 'db'), ready('db'));
    await expect.poll(() => run.rungs('db')).toEqual(['running']);
    expect(isPaused('web')).toBe(true);
    await guests.listen();
    expect((await climbing).map(({ id, status }) => `${id} ${status}`)).toEqual(['db done', 'web done']);
  }, 20_000);

  test('boots beside it where that only has to be started', async () => {
    await waits('web', 'db');
    const run = context();
    const climbing = applyInOrder(run, after(ready('web'), 'db', true), ready('db', 'ssh', 60, closed));
    await expect.poll(() => run.rungs('web')).toEqual(['running']);
    expect(run.events.filter(({ code }) => code === 'guest-rung').map(({ guest }) => guest)).toEqual(['db', 'web']);
    run.abort();
    await expect(climbing).rejects.toThrow('stop');
  }, 20_000);

  test('is skipped, and left paused, where that fails', async () => {
    await waits('web', 'db');
    const outcomes = await applyInOrder(context(), after(ready('web'), 'db'), ready('db', 'ssh', 2, closed));
    expect(outcomes).toEqual([
      expect.objectContaining({ id: 'db', status: 'failed' }),
      { id: 'web', status: 'skipped', cause: 'guest.ready:lab-db failed' },
    ]);
    expect(isPaused('web')).toBe(true);
  }, 20_000);
});

test('a guest that libvirt does not resume fails with the words of libvirt', async () => {
  const [outcome] = await apply(context(), ready('web'));
  expect(outcome).toMatchObject({
    failure: { code: 'guest-stalled', object: 'web', message: expect.stringContaining('domain is not running') },
  });
});
