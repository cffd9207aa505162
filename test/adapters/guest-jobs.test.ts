import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createGuestCarrier } from '../../src/adapters/carriers/guest/create-guest-carrier.ts';
import { manifestPath } from '../../src/adapters/host/manifest.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Script } from '../../src/model/resources.ts';
import type { GuestOp } from '../../src/model/transport/guest.ts';
import type { RunContext } from '../../src/ports/carrier.ts';
import type { RunEvent } from '../../src/ports/events.ts';
import { here, LocalGuests } from '../support/local-guest.ts';

let guests: LocalGuests;

afterEach(() => guests?.remove());

type Emitted = Omit<RunEvent, 'at' | 'source'>;

/** A context whose events are kept; `abort` stops it like a cancel or like a worker's shutdown. */
function context(run = 'run-1') {
  const controller = new AbortController();
  const events: Emitted[] = [];
  let cancelled = false;
  const value: RunContext = {
    deployment: 'lab',
    installation: '01234567',
    key: `${run}/guest.here.0`,
    verb: 'do',
    attempt: 1,
    signal: controller.signal,
    cancelRequested: () => cancelled,
    emit: (event) => void events.push(event),
    progress: () => undefined,
  };
  const output = (): string[] => events.filter(({ code }) => code === 'script-output').map(({ text }) => text);
  const abort = (how: 'cancel' | 'shutdown'): void => {
    cancelled = how === 'cancel';
    controller.abort(new Error(how));
  };
  return { value, events, output, abort, codes: () => events.map(({ code }) => code) };
}

async function script(name: string, text: string, more: Partial<Script> = {}): Promise<GuestOp> {
  const source = join(guests.folder, `${name}.sh`);
  await writeFile(source, text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const goal: Script = {
    kind: 'script',
    name: `lab-${name}-setup`,
    host: 'here',
    guest: name,
    domain: `lab-${name}`,
    reach: guests.reach(name),
    disk: '/disk',
    file: `kc-test ${name}'s-${process.pid}.sh`,
    script: { sha256, size: text.length, source },
    when: 'once',
    ...more,
  };
  await guests.domain(goal.domain, process.pid);
  const label = { installation: '01234567', deployment: 'lab', generation: 1, hash: 'x' };
  return {
    transport: 'guest',
    do: 'script',
    goal,
    record: { ref: `script:${goal.name}`, mark: label, goal },
    job: sha256.slice(0, 24),
  };
}

const apply = (run: ReturnType<typeof context>, ...ops: GuestOp[]): Promise<readonly Outcome[]> => {
  const carrier = createGuestCarrier({ runner: guests.runner, secrets: guests.secrets });
  return carrier.apply(
    here,
    ops.map((op, n) => ({ id: `item ${n}`, op, needs: [] })),
    run.value,
  );
};

const record = async (name: string): Promise<{ boot?: string } | undefined> => {
  const text = await guests.read(
    manifestPath('lab', `script:lab-${name}-setup`).replace('/var/lib/kvm-compose', 'host'),
  );
  return text === '' ? undefined : (JSON.parse(text) as { boot?: string });
};

/** A process that is dead may wait for whoever is to collect it. */
async function isAlive(pid: string): Promise<boolean> {
  const stat = await readFile(`/proc/${pid.trim()}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/\) [ZX] /.test(stat);
}

describe.each(['sh', 'busybox'] as const)('a script in a guest with %s', (shell) => {
  test('runs once and its output becomes events', async () => {
    guests = await LocalGuests.create(shell);
    await guests.listen();
    const op = await script(
      'web',
      `echo one\nprintf 'tw\\303\\266 \\033[31mred\\033[0m\\n'\necho three >&2\nprintf 'no newline'\n`,
    );
    const first = context();
    expect(await apply(first, op)).toEqual([{ id: 'item 0', status: 'done' }]);
    expect(first.output()).toEqual(['one', 'twö red', 'three', 'no newline']);
    expect(first.codes()).toEqual(['script-started', ...Array<string>(4).fill('script-output'), 'script-done']);
    expect((await record('web'))!.boot).toMatch(/^\d+\.\d+$/);
    const later = context('run-2');
    expect(await apply(later, op)).toEqual([{ id: 'item 0', status: 'already' }]);
    expect(later.output()).toEqual([]);
  });

  test('that fails says how, and runs again in the next run', async () => {
    guests = await LocalGuests.create(shell);
    await guests.listen();
    const op = await script('web', `echo x >>${guests.folder}/count\necho the reason\nexit 7\n`);
    const [outcome] = await apply(context(), op);
    expect(outcome).toMatchObject({
      status: 'failed',
      failure: { code: 'script-failed', class: 'permanent', exitCode: 7, object: 'web', stderr: 'the reason' },
    });
    expect((await record('web'))!.boot).toBeUndefined();
    await apply(context(), op);
    expect(await guests.read('count')).toBe('x\n');
    await apply(context('run-2'), op);
    expect(await guests.read('count')).toBe('x\nx\n');
  });

  test('for every up runs in every run, once in each', async () => {
    guests = await LocalGuests.create(shell);
    await guests.listen();
    const op = await script('web', `echo x >>${guests.folder}/count\n`, { when: 'every-up' });
    for (const run of ['run-1', 'run-1', 'run-2']) expect((await apply(context(run), op))[0]!.status).toBe('done');
    expect(await guests.read('count')).toBe('x\nx\n');
  });

  test('goes on when its worker goes away, and is adopted by the next', async () => {
    guests = await LocalGuests.create(shell);
    await guests.listen();
    const op = await script(
      'web',
      `echo x >>${guests.folder}/count\necho begin\nwhile [ ! -e ${guests.folder}/go ]; do sleep 0.05; done\necho end\n`,
    );
    const first = context();
    const running = apply(first, op);
    await expect.poll(first.output, { timeout: 10_000 }).toEqual(['begin']);
    first.abort('shutdown');
    await expect(running).rejects.toThrow('shutdown');
    const second = context();
    Object.assign(second.value, { linesHeard: () => Promise.resolve(first.output().length) });
    const adopted = apply(second, op);
    await expect.poll(second.codes, { timeout: 10_000 }).toContain('script-adopted');
    await writeFile(join(guests.folder, 'go'), '');
    expect((await adopted)[0]!.status).toBe('done');
    expect(second.output()).toEqual(['end']);
    expect(await guests.read('count')).toBe('x\n');
  });

  test('is killed with all it started when the run is cancelled', async () => {
    guests = await LocalGuests.create(shell);
    await guests.listen();
    const op = await script('web', `echo begin\nsleep 1000 &\necho $! >${guests.folder}/child\nwait\n`);
    const run = context();
    const running = apply(run, op);
    await expect.poll(() => guests.read('child'), { timeout: 10_000 }).not.toBe('');
    run.abort('cancel');
    await expect(running).rejects.toThrow('cancel');
    expect(await isAlive(await guests.read('child'))).toBe(false);
  });

  test('is followed over a broken connection without losing or repeating a line', async () => {
    guests = await LocalGuests.create(shell);
    await guests.listen();
    const op = await script('web', `n=0\nwhile [ $n -lt 60 ]; do n=$((n + 1)); echo "line $n"; sleep 0.03; done\n`);
    const run = context();
    const running = apply(run, op);
    await expect.poll(() => run.output().length, { timeout: 10_000 }).toBeGreaterThan(5);
    await guests.cut();
    await guests.listen();
    expect((await running)[0]!.status).toBe('done');
    expect(run.output()).toEqual(Array.from({ length: 60 }, (_, n) => `line ${n + 1}`));
    expect(run.codes().filter((code) => code === 'script-started')).toHaveLength(1);
  }, 20_000);

  test('that a reboot interrupted fails, is not run again by itself, and is by the next run', async () => {
    guests = await LocalGuests.create(shell);
    await guests.listen();
    const op = await script('web', `echo x >>${guests.folder}/count\n[ -e ${guests.folder}/go ] || sleep 1000\n`);
    const running = apply(context(), op);
    await expect.poll(() => guests.read('count'), { timeout: 10_000 }).toBe('x\n');
    await guests.reboot();
    expect((await running)[0]).toMatchObject({ status: 'failed', failure: { code: 'script-interrupted' } });
    expect((await apply(context(), op))[0]).toMatchObject({ failure: { code: 'script-interrupted' } });
    expect(await guests.read('count')).toBe('x\n');
    await writeFile(join(guests.folder, 'go'), '');
    expect((await apply(context('run-2'), op))[0]!.status).toBe('done');
  });

  test('prints a lot, and every line arrives', async () => {
    guests = await LocalGuests.create(shell);
    await guests.listen();
    const op = await script('web', `seq 1 20000\n`);
    const run = context();
    expect((await apply(run, op))[0]!.status).toBe('done');
    expect(run.output()).toEqual(Array.from({ length: 20_000 }, (_, n) => `${n + 1}`));
  });
});

describe('scripts of many guests', () => {
  test('advance independently: a slow one delays itself only', async () => {
    guests = await LocalGuests.create();
    await guests.listen();
    const slow = await script('slow', `while [ ! -e ${guests.folder}/go ]; do sleep 0.05; done\n`);
    const quick = await Promise.all(Array.from({ length: 9 }, (_, n) => script(`q${n}`, `echo q${n}\n`)));
    const run = context();
    const running = apply(run, slow, ...quick);
    await expect.poll(() => run.codes().filter((code) => code === 'script-done').length, { timeout: 15_000 }).toBe(9);
    await writeFile(join(guests.folder, 'go'), '');
    expect((await running).map(({ status }) => status)).toEqual(Array<string>(10).fill('done'));
  }, 20_000);

  test('fail one by one', async () => {
    guests = await LocalGuests.create();
    await guests.listen();
    const outcomes = await apply(context(), await script('bad', 'exit 1\n'), await script('good', 'exit 0\n'));
    expect(outcomes.map(({ id, status }) => `${id} ${status}`).sort()).toEqual(['item 0 failed', 'item 1 done']);
  });
});

describe('forgetting a script', () => {
  test('kills what still runs and removes the record, and is nothing the second time', async () => {
    guests = await LocalGuests.create();
    await guests.listen();
    const op = await script('web', `echo $$ >${guests.folder}/child\nsleep 1000\n`);
    const run = context();
    const running = apply(run, op);
    await expect.poll(() => guests.read('child'), { timeout: 10_000 }).not.toBe('');
    run.abort('shutdown');
    await expect(running).rejects.toThrow();
    const forget: GuestOp = { transport: 'guest', do: 'forget', ref: 'script:lab-web-setup', deployment: 'lab' };
    expect((await apply(context('down'), forget))[0]!.status).toBe('done');
    expect(await isAlive(await guests.read('child'))).toBe(false);
    expect(await record('web')).toBeUndefined();
    expect((await apply(context('down'), forget))[0]!.status).toBe('already');
  });
});
