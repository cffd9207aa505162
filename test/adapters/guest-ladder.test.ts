import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuestCarrier } from '../../src/adapters/carriers/guest/create-guest-carrier.ts';
import { manifestPath } from '../../src/adapters/host/manifest.ts';
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

function context() {
  const controller = new AbortController();
  const events: Emitted[] = [];
  const value: RunContext = {
    deployment: 'lab',
    installation: '01234567',
    key: 'run-1/guest.here.0',
    verb: 'do',
    attempt: 1,
    signal: controller.signal,
    cancelRequested: () => true,
    emit: (event) => void events.push(event),
    progress: () => undefined,
  };
  const rungs = (guest: string): unknown[] =>
    events.filter((each) => each.code === 'guest-rung' && each.guest === guest).map(({ data }) => data?.['rung']);
  return { value, events, rungs, abort: () => controller.abort(new Error('stop')) };
}

function ready(guest: string, until: ReadyRung = 'ssh', noProgressSeconds = 20, reach: Partial<Reach> = {}): GuestOp {
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
