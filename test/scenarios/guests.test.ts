import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createGuestCarrier } from '../../src/adapters/carriers/guest/create-guest-carrier.ts';
import { createRunner } from '../../src/adapters/runner/create-runner.ts';
import { manifestPath } from '../../src/adapters/host/manifest.ts';
import type { Host } from '../../src/model/host.ts';
import type { ManifestRecord } from '../../src/model/transport/files.ts';
import type { GuestOp } from '../../src/model/transport/guest.ts';
import type { GuestReady, ReadyRung, Script } from '../../src/model/resources.ts';
import type { RunContext } from '../../src/ports/carrier.ts';
import type { RunEvent } from '../../src/ports/events.ts';
import type { Secrets } from '../../src/ports/store.ts';
import { parseInventory } from '../../src/spec/inventory.ts';
import { startByHand } from '../support/hand-made-guest.ts';
import { onHost, shellOnHost } from '../support/playground.ts';

/** Guests made with the tools themselves, on a plain bridge with a way in: what this carrier finds in a deployment. */
const images = '/var/lib/libvirt/images';
const names = ['lab-a', 'lab-b'];
const macOf = (index: number): string => `52:54:00:00:aa:0${index + 1}`;
const addressOf = (index: number): string => `fe80::5054:ff:fe00:aa0${index + 1}`;

const runner = createRunner();
let host: Host;
let folder: string;

/** The keys that the guests were made with. */
const secrets: Secrets = {
  privateKey: (name) => onHost('main', 'cat', `${images}/${name.split('/')[1]}.d/id`).then((key) => `${key}\n`),
  publicKey: (name) => onHost('main', 'cat', `${images}/${name.split('/')[1]}.d/host_key.pub`),
  path: (name) => name,
  forget: async () => undefined,
};

type Emitted = Omit<RunEvent, 'at' | 'source'> & { readonly seconds: number };

function context(run: string) {
  const controller = new AbortController();
  const events: Emitted[] = [];
  const begin = Date.now();
  let cancelled = false;
  const value: RunContext = {
    deployment: 'lab',
    installation: '01234567',
    key: `${run}/guest.main.0`,
    verb: 'do',
    attempt: 1,
    signal: controller.signal,
    cancelRequested: () => cancelled,
    emit: (event) => void events.push({ ...event, seconds: (Date.now() - begin) / 1000 }),
    progress: () => undefined,
  };
  const abort = (how: 'cancel' | 'shutdown'): void => {
    cancelled = how === 'cancel';
    controller.abort(new Error(how));
  };
  const texts = (code: string): string[] => events.filter((each) => each.code === code).map(({ text }) => text);
  return { value, events, abort, texts };
}

const label = { installation: '01234567', deployment: 'lab', generation: 1, hash: 'x' };

function reach(index: number): GuestReady['reach'] {
  const guest = names[index]!;
  const routes = [{ link: 'kb-test', address: addressOf(index), via: 'lab-access' }];
  return {
    guest,
    namespace: 'kc-lab',
    routes,
    user: 'nocloud',
    keySecret: `lab/${guest}`,
    hostKeySecret: `lab/${guest}`,
  };
}

function ready(index: number, until: ReadyRung = 'ssh', noProgressSeconds = 60): GuestOp {
  const domain = names[index]!;
  const goal: GuestReady = {
    kind: 'guest.ready',
    name: domain,
    host: 'main',
    domain,
    reach: reach(index),
    until,
    noProgressSeconds,
    consoleLog: `${images}/${domain}.log`,
  };
  return { transport: 'guest', do: 'ready', goal, record: { ref: `guest.ready:${domain}`, mark: label, goal } };
}

async function script(index: number, text: string): Promise<GuestOp> {
  const domain = names[index]!;
  const sha256 = createHash('sha256').update(text).digest('hex');
  const source = join(folder, sha256);
  await writeFile(source, text);
  const goal: Script = {
    kind: 'script',
    name: `${domain}-setup`,
    host: 'main',
    domain,
    reach: reach(index),
    disk: `${images}/${domain}.qcow2`,
    file: `${domain}-setup.sh`,
    script: { sha256, size: text.length, source },
    when: 'once',
  };
  return {
    transport: 'guest',
    do: 'script',
    goal,
    record: { ref: `script:${goal.name}`, mark: label, goal },
    job: sha256.slice(0, 24),
  };
}

function apply(run: ReturnType<typeof context>, ...ops: GuestOp[]) {
  const items = ops.map((op, n) => ({ id: `${n}`, op, needs: [] }));
  return createGuestCarrier({ runner, secrets }).apply(host, items, run.value);
}

const recordOf = async (ref: ManifestRecord['ref']): Promise<ManifestRecord> =>
  JSON.parse(await onHost('main', 'cat', manifestPath('lab', ref))) as ManifestRecord;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-guests-'));
  const { inventory } = parseInventory(await readFile(inject('hostsFile'), 'utf8'), 'hosts.yaml');
  host = inventory!.hosts.find(({ name }) => name === 'main')!;
  await shellOnHost(
    'main',
    `mkdir -p /var/lib/kvm-compose/deployments/lab
ovs-vsctl --may-exist add-br byhand2 -- set bridge byhand2 datapath_type=netdev
ip netns add kc-lab; ip link add ka-test type veth peer name kb-test netns kc-lab
ethtool -K ka-test tx off >/dev/null; ip netns exec kc-lab ethtool -K kb-test tx off >/dev/null
ip link set ka-test up; ip -n kc-lab link set lo up; ip -n kc-lab link set kb-test up
ovs-vsctl add-port byhand2 ka-test`,
  );
  for (const [index, name] of names.entries()) {
    const address = `10.61.0.${index + 2}/24`;
    await startByHand('main', 'byhand2', { name, mac: macOf(index), address, environment: 'A=b\n', context: 'c\n' });
  }
});

afterAll(async () => {
  await runner.close();
  await rm(folder, { recursive: true, force: true });
  await shellOnHost(
    'main',
    `for name in ${names.join(' ')}; do virsh -q destroy $name || true; virsh -q undefine $name || true; done
ovs-vsctl --if-exists del-br byhand2; ip link del ka-test; ip netns del kc-lab; rm -rf ${images}/lab-* /var/lib/kvm-compose/deployments/lab`,
  );
});

describe('guests on a real host', () => {
  test('come up the ladder together, from the first boot on, with their host keys pinned', async () => {
    const run = context('up-1');
    const outcomes = await apply(run, ready(0), ready(1, 'cloud-init'));
    expect(outcomes.map(({ status }) => status)).toEqual(['done', 'done']);
    for (const { text, seconds } of run.events) console.log(`${seconds.toFixed(1).padStart(6)} s  ${text}`);
    const rungs = run.events.filter(({ code, guest }) => code === 'guest-rung' && guest === 'lab-b');
    expect(rungs.map(({ data }) => data?.['rung'])).toEqual(['running', 'banner', 'ssh', 'cloud-init']);
    const pid = await onHost('main', 'cat', '/run/libvirt/qemu/lab-a.pid');
    expect((await recordOf('guest.ready:lab-a')).boot).toMatch(new RegExp(`^${pid}\\.\\d+$`));
  });

  test('are found ready at once when they are', async () => {
    const begin = Date.now();
    expect((await apply(context('up-2'), ready(0), ready(1))).map(({ status }) => status)).toEqual(['done', 'done']);
    console.log(`two ready guests checked in ${Date.now() - begin} ms`);
  });

  test('run scripts, whose lines are heard at once', async () => {
    const run = context('up-3');
    // The guest's clock is of no use: the time between a line and the next tells when the first was heard.
    const text = `n=0; while [ $n -lt 20 ]; do n=$((n + 1)); echo "line $n of $(hostname)"; sleep 0.3; done\n`;
    const outcomes = await apply(run, await script(0, text), await script(1, 'sh /etc/nocloud/env.sh A; id -u\n'));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['done', 'done']);
    expect(run.texts('script-output')).toEqual(
      expect.arrayContaining(['line 1 of lab-a', 'line 20 of lab-a', 'b', '0']),
    );
    const at = run.events
      .filter(({ guest, code }) => guest === 'lab-a' && code === 'script-output')
      .map(({ seconds }) => seconds);
    const gaps = at.slice(1).map((each, n) => each - at[n]!);
    console.log(`gaps between lines: ${gaps.map((gap) => gap.toFixed(2)).join(' ')}`);
    expect(at).toHaveLength(20);
    expect((await recordOf('script:lab-a-setup')).boot).toMatch(/^\d+\.\d+$/);
    expect((await apply(context('up-4'), await script(0, text)))[0]!.status).toBe('already');
  });

  test('go on with a script while their worker is away', async () => {
    const first = context('up-5');
    const op = await script(
      0,
      'echo begin; echo x >>/root/count; n=0; while [ $n -lt 30 ]; do n=$((n+1)); sleep 0.2; done; echo end\n',
    );
    const running = apply(first, op);
    await expect.poll(() => first.texts('script-output'), { timeout: 30_000 }).toEqual(['begin']);
    first.abort('shutdown');
    await expect(running).rejects.toThrow('shutdown');
    const second = context('up-5');
    expect((await apply(second, op))[0]!.status).toBe('done');
    expect(second.texts('script-adopted')).toHaveLength(1);
    const check = context('up-6');
    await apply(check, await script(0, 'cat /root/count\n'));
    expect(check.texts('script-output')).toEqual(['x']);
  });

  test('lose a script when the run is cancelled', async () => {
    const run = context('up-7');
    const running = apply(run, await script(0, 'sleep 1234 & echo begin; wait\n'));
    await expect.poll(() => run.texts('script-output'), { timeout: 30_000 }).toEqual(['begin']);
    run.abort('cancel');
    await expect(running).rejects.toThrow('cancel');
    const check = context('up-8');
    await apply(check, await script(0, 'grep -l "sleep.123[4]" /proc/[0-9]*/cmdline 2>/dev/null || echo gone\n'));
    expect(check.texts('script-output')).toEqual(['gone']);
  });

  test('that reboot in the middle of a script fail it clearly', async () => {
    const run = context('up-9');
    const [outcome] = await apply(run, await script(1, 'echo begin; sync; reboot; sleep 100\n'));
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'script-interrupted' } });
  });

  test('that stall say at which rung, with their console and the likely cause', async () => {
    // One that is only paused would be resumed as the first step of its chain.
    const signal = (name: string) => onHost('main', 'sh', '-c', `kill -${name} "$(cat /run/libvirt/qemu/lab-a.pid)"`);
    await signal('STOP');
    const run = context('up-10');
    const stalled = async () => {
      try {
        return await apply(run, ready(0, 'ssh', 8));
      } finally {
        await signal('CONT');
      }
    };
    const [outcome] = await stalled();
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'guest-stalled', object: 'lab-a' } });
    console.log(JSON.stringify(outcome));
    expect(run.texts('guest-stalled').length).toBeGreaterThan(0);
  });

  test('that stop running are given up at once', async () => {
    await onHost('main', 'virsh', '-q', 'destroy', 'lab-a');
    const begin = Date.now();
    const [outcome] = await apply(context('up-11'), ready(0, 'ssh', 60));
    expect(outcome).toMatchObject({ status: 'failed', failure: { code: 'guest-stalled' } });
    expect(Date.now() - begin).toBeLessThan(50_000);
  });
});
