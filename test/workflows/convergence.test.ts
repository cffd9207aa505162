import type { WorkflowFailedError } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';

import { type Engine, type Ended, startEngine } from '../support/engine.ts';

let engine: Engine;

beforeEach(async () => {
  const size = { guests: 4, hosts: 2, scriptEvery: 1 };
  // Addresses and instance ids come from the name.
  engine = await startEngine(inject('temporalAddress'), { size, deployment: 'convergence' });
  engine.rewrite((text) => `${text}${rules('allow-related')}`);
  expect((await engine.run('up')).status).toBe('COMPLETED');
});

afterEach(() => engine.stop());

const rules = (action: string): string => `    acl:
      apply_deny_all: false
      switches:
        lan: [{ direction: to-lport, priority: 100, match: ip4, action: ${action} }]
`;

/** A guest's part of the project file, changed. */
function edit(guest: string, change: (part: string) => string): void {
  engine.rewrite((text) => text.replace(new RegExp(`  - name: ${guest}\\n(    .*\\n)+`), change));
}

const planText = async (replace = false): Promise<string> => {
  const { text } = await engine.read('plan', { options: { replace } });
  return text.replaceAll(engine.deployment, 'lab');
};

/** Guests that a run did something to. */
function touched({ runId }: Ended): string[] {
  const done = engine.events.all(runId).filter(({ code }) => code === 'item-done');
  return [...new Set(done.map(({ guest }) => guest ?? 'of no guest'))].sort((a, b) => (a < b ? -1 : 1));
}

async function nothingLeftToDo(): Promise<void> {
  expect((await engine.run('up')).outcome).toMatchObject({ summary: { create: 0, change: 0, delete: 0, run: 0 } });
}

const messageOf = ({ error }: Ended): string =>
  String(((error as WorkflowFailedError).cause as Error).message).replaceAll(engine.deployment, 'lab');

describe('an edited file', () => {
  test('restarts only the guest whose memory changed', async () => {
    edit('g2', (part) => part.replace('memory_mb: 128', 'memory_mb: 256'));
    const end = await engine.run('up');
    expect(end.status).toBe('COMPLETED');
    expect(touched(end)).toEqual(['g2']);
    await nothingLeftToDo();
  });

  test('is shown with every depth of change and who feels it, and then comes true', async () => {
    edit('g0', (part) => part.replace('memory_mb: 128', 'memory_mb: 256'));
    edit('g1', (part) => part.replace('    libvirt:', '    placement: { host: main }\n    libvirt:'));
    edit('g2', (part) => part.replace('ip: 10.50.1.3', 'ip: 10.50.1.99'));
    edit('g3', () => '');
    engine.rewrite((text) => text.replace('action: allow-related', 'action: drop'));
    expect(await planText(true)).toMatchInlineSnapshot(`
      "lab: 8 to create, 4 to change, 21 to remove, 1 to run

      folders
        remove 1 folder on h1: not in the file
          lab@h1

      network
        remove 1 access.rule on main: not in the file
          lab-lan-access-h1
        remove 1 ovn.acl on main: not in the file
          lab-lan-to-lport-allow-related-100
        create 1 ovn.acl on main: missing
          lab-lan-to-lport-drop-100
        change 1 ovn.dns on main: records {"lab-g2":"10.50.1.3","g2":"10.50.1.3"} → {"lab-g2":"10.50.1.99","g2":"10.50.1.99"} [live by g2]
          lab-lan-g2-0
        remove 1 ovn.dns on main: not in the file
          lab-lan-g3-0
        change 1 ovn.switch-port on main: addresses ["0a:50:b9:fb:29:6c 10.50.1.3"] → ["0a:50:b9:fb:29:6c 10.50.1.99"] [live by g2]
          lab-lan-g2-0
        remove 1 access.link on h1: not in the file
          lab-lan-access-h1
        remove 1 access.port on main: not in the file
          lab-lan-access-h1
        remove 1 ovn.switch-port on main: not in the file
          lab-lan-g3-0

      images
        remove 1 push on h1: not in the file
          lab/8950abfda7b7@h1

      distribute
        remove 1 seed on main: files changed, instanceId i-9ea78ca071be83ef → i-02a4d3da85d9e26c [remake by g2]
          lab-g2
        create 1 seed on main: files changed, instanceId i-9ea78ca071be83ef → i-02a4d3da85d9e26c [remake by g2]
          lab-g2
        remove 1 disk on h1: moves from h1 to main [data-loss by g1]
          lab-g1
        remove 1 seed on h1: moves from h1 to main [move by g1]
          lab-g1
        remove 1 seed on h1: not in the file
          lab-g3
        create 1 disk on main: moves from h1 to main [data-loss by g1]
          lab-g1
        create 1 seed on main: moves from h1 to main [move by g1]
          lab-g1
        remove 1 disk on h1: not in the file [data-loss by g3]
          lab-g3

      start
        remove 1 guest.ready on h1: moves from h1 to main [move by g1]
          lab-g1
        remove 1 guest.ready on h1: not in the file
          lab-g3
        remove 1 guest.ready on main: libvirt.domain lab-g2 is remade [remake by g2]
          lab-g2
        change 1 libvirt.domain on main: memoryMiB 128 → 256 [restart by g0]
          lab-g0
        remove 1 libvirt.domain on main: seed lab-g2 is remade [remake by g2]
          lab-g2
        change 1 guest.ready on main: libvirt.domain lab-g0 is restarted
          lab-g0
        remove 1 libvirt.domain on h1: moves from h1 to main [move by g1]
          lab-g1
        remove 1 libvirt.domain on h1: not in the file
          lab-g3
        create 1 libvirt.domain on main: seed lab-g2 is remade [remake by g2]
          lab-g2
        create 1 guest.ready on main: libvirt.domain lab-g2 is remade [remake by g2]
          lab-g2
        create 1 libvirt.domain on main: moves from h1 to main [move by g1]
          lab-g1
        create 1 guest.ready on main: moves from h1 to main [move by g1]
          lab-g1

      setup
        remove 1 script on h1: disk lab-g1 is remade [remake by g1]
          lab-g1-setup
        remove 1 script on h1: not in the file
          lab-g3-setup
        run 1 script on main: disk lab-g1 is remade [remake by g1]
          lab-g1-setup
      "
    `);
    expect((await engine.run('up', { replace: true })).status).toBe('COMPLETED');
    const text = await engine.text();
    expect(text).not.toContain('-g3');
    expect(text).toMatch(/domain \S+-g1 on main/);
    await nothingLeftToDo();
  });

  test('that moves a guest or drops one is refused with the disks that would be lost', async () => {
    edit('g1', (part) => part.replace('    libvirt:', '    placement: { host: main }\n    libvirt:'));
    edit('g3', () => '');
    const before = await engine.text();
    expect(messageOf(await engine.run('up'))).toMatchInlineSnapshot(
      `"disk /var/lib/kvm-compose/deployments/lab/disks/g1.qcow2 on h1, overlay of 8950abfda7b7 would be lost: moves from h1 to main"`,
    );
    expect(await engine.text()).toBe(before);
  });
});

describe('an access rule', () => {
  test('is changed live: nothing else is touched', async () => {
    engine.rewrite((text) => text.replace('action: allow-related', 'action: drop'));
    const end = await engine.run('up');
    expect(end.outcome?.summary).toEqual({ create: 1, change: 0, delete: 1, run: 0 });
    expect(touched(end)).toEqual(['of no guest']);
    await nothingLeftToDo();
  });
});

describe('what somebody did to the hosts', () => {
  test.each(['destroyed', 'undefined'])(
    'a %s guest runs again with its old disk, and no other is touched',
    async (how) => {
      const { domains, jobs } = engine.world.host('h1');
      const name = `${engine.deployment}-g1`;
      const ran = structuredClone(jobs);
      if (how === 'undefined') delete domains[name];
      else domains[name]!.state = 'shut off';
      const end = await engine.run('up');
      expect(end.outcome?.summary).toMatchObject({ delete: 0, run: 0 });
      expect(touched(end)).toEqual(['g1']);
      expect(domains[name]!.state).toBe('running');
      expect(jobs).toEqual(ran);
      await nothingLeftToDo();
    },
  );

  test('a removed port is made again, live', async () => {
    const { rows } = engine.world.host('main');
    const boots = Object.values(engine.world.host('h1').domains).map(({ boot }) => boot);
    const port = Object.values(rows).find(({ columns }) => columns['name'] === `${engine.deployment}-lan-g1-0`)!;
    delete rows[port.uuid];
    const end = await engine.run('up');
    expect(end.outcome?.summary).toMatchObject({ create: 1, delete: 0 });
    expect(touched(end)).toEqual(['g1']);
    expect(Object.values(engine.world.host('h1').domains).map(({ boot }) => boot)).toEqual(boots);
    await nothingLeftToDo();
  });
});
