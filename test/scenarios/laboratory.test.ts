import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onHost, shellOnHost, tryOnHost } from '../support/playground.ts';
import { stateOf } from './support/host-state.ts';
import { type Laboratory, writeLaboratory } from './support/laboratory.ts';
import { createProductOn, type Product } from './support/product.ts';

const hosts = ['main', 'h2'];
const greeting = `hello $(world) "quoted" 'too'`;

const laboratory: Laboratory = {
  switches: { lan: '10.70.0.0/24', dmz: '10.71.0.0/24' },
  router: { lan: '10.70.0.1/24', dmz: '10.71.0.1/24' },
  guests: [
    {
      name: 'web',
      switch: 'lan',
      ip: '10.70.0.11',
      gateway: '10.70.0.1',
      host: 'main',
      environment: { GREETING: greeting },
      context: 'from the context\n',
      setup: `set -e
{ /etc/nocloud/env.sh GREETING; cat /etc/nocloud/context/file; } >/etc/effect
echo x >>/var/lib/kvm-compose/count
`,
    },
    { name: 'db', switch: 'lan', ip: '10.70.0.12', gateway: '10.70.0.1', host: 'h2' },
    { name: 'far', switch: 'dmz', ip: '10.71.0.13', gateway: '10.71.0.1', host: 'h2' },
  ],
};
const addresses = new Map(laboratory.guests.map(({ name, ip }) => [name, ip]));

let product: Product;
let project: string;
let untouched: Readonly<Record<string, string>>;

/** Exit code and words of a command inside a guest. */
const inGuest = (guest: string, ...words: readonly string[]) => product.run(project, 'exec', guest, '--', ...words);
const ping = (from: string, to: string) => inGuest(from, 'ping', '-c', '1', '-W', '2', addresses.get(to)!);
/** Ports as Open vSwitch has them, but for when OVN installed them. */
const withoutTimes = (text: string): string => text.replaceAll(/, ovn-installed-ts="?\d+"?/g, '');
const processOf = (host: string, guest: string) => onHost(host, 'cat', `/run/libvirt/qemu/lab-${guest}.pid`);

beforeAll(async () => {
  product = await createProductOn(hosts);
  project = await writeLaboratory(join(product.folder, 'lab'), laboratory);
  // What is not ours, with names as ours would have them.
  await shellOnHost(
    'main',
    `ovn-nbctl ls-add lab-byhand; ovn-nbctl lsp-add lab-byhand lab-byhand-port
ovs-vsctl add-br byhand -- set bridge byhand datapath_type=netdev
ip netns add kc-byhand; mkdir -p /var/lib/kvm-compose/deployments/byhand
virsh -q define /dev/stdin <<X
<domain type='qemu'><name>lab-byhand</name><memory unit='MiB'>64</memory><os><type>hvm</type></os></domain>
X`,
  );
  untouched = await stateOf(hosts);
});

afterAll(async () => {
  await product.run(project, 'down', '--purge', '--yes');
  await product.remove();
  await shellOnHost(
    'main',
    `ovn-nbctl ls-del lab-byhand; ovs-vsctl del-br byhand; ip netns del kc-byhand
rmdir /var/lib/kvm-compose/deployments/byhand; virsh -q undefine lab-byhand`,
  );
});

/** The plan that mends what the test of drift breaks. */
const repairs = `lab: 1 to create, 4 to change, 0 to remove

network
  create 1 ovn.switch-port on main: missing
    lab-lan-web-0

start
  change 1 libvirt.domain on h2: shut off
    lab-db
  change 1 libvirt.domain on h2: memoryMiB 96 → 144 [restart by far]
    lab-far
  change 1 guest.ready on h2: does not run
    lab-db
  change 1 guest.ready on h2: rebooted
    lab-far
`;

describe('a laboratory on two hosts', () => {
  test('runs after up', async () => {
    const { code, stderr } = await product.run(project, 'up');
    expect(code, stderr).toBe(0);
    expect(await onHost('main', 'virsh', '-q', 'domstate', 'lab-web')).toBe('running');
    expect(await onHost('h2', 'virsh', '-q', 'domstate', 'lab-db')).toBe('running');
    expect(await onHost('h2', 'virsh', '-q', 'domstate', 'lab-far')).toBe('running');
  });

  test('has guests that reach each other across hosts and through the router', async () => {
    expect(await ping('web', 'db')).toMatchObject({ code: 0 });
    expect(await ping('web', 'far')).toMatchObject({ code: 0 });
    expect(await ping('far', 'db')).toMatchObject({ code: 0 });
  });

  test('has run its setup script once, with context and environment', async () => {
    expect((await inGuest('web', 'cat', '/etc/effect', '/var/lib/kvm-compose/count')).stdout).toBe(
      `${greeting}\nfrom the context\nx\n`,
    );
  });

  test('is not changed by a second up, which says so', async () => {
    const before = await stateOf(hosts);
    const { code, stderr } = await product.run(project, 'up');
    expect(code).toBe(0);
    expect(stderr).toContain('nothing to do');
    expect(await stateOf(hosts)).toEqual(before);
    expect((await inGuest('web', 'cat', '/disk/boots', '/var/lib/kvm-compose/count')).stdout).toBe('1\nx\n');
    expect(await product.run(project, 'plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
  });

  test('is what status says, also of a guest that somebody paused and up lets go on', async () => {
    interface Status {
      readonly guests: readonly { name: string; host: string; state: string; ready: boolean; addresses: string[] }[];
    }
    const guests = async () =>
      (await product.json<Status>(project, 'status')).guests.map(
        ({ name, host, state, ready, addresses: all }) => `${name} ${host} ${state} ${ready} ${all.join(' ')}`,
      );
    const db = 'db h2 running true 10.70.0.12';
    const others = ['far h2 running true 10.71.0.13', 'web main running true 10.70.0.11'];
    expect(await guests()).toEqual([db, ...others]);
    await onHost('h2', 'virsh', '-q', 'suspend', 'lab-db');
    expect(await guests()).toEqual(['db h2 paused false 10.70.0.12', ...others]);
    const { code, stderr } = await product.run(project, 'up');
    expect(code, stderr).toBe(0);
    expect(await guests()).toEqual([db, ...others]);
    expect((await inGuest('db', 'cat', '/disk/boots')).stdout).toBe('1\n');
  });

  test('keeps its network when libvirt and Open vSwitch are started again, and up has nothing to do', async () => {
    const ports = () =>
      onHost(
        'h2',
        'ovs-vsctl',
        '-f',
        'csv',
        '--no-headings',
        '--columns=name,external_ids',
        'find',
        'Interface',
        'type=""',
      );
    const processes = () => onHost('h2', 'sh', '-c', 'echo $(pidof libvirtd ovs-vswitchd)');
    const before = { ports: withoutTimes(await ports()), processes: await processes() };
    expect(before.ports).toContain('lab-lan-db-0');
    await shellOnHost('h2', 'kill -KILL $(pidof libvirtd)');
    await expect.poll(() => tryOnHost('h2', ['virsh', '-q', 'domstate', 'lab-db'])).toMatchObject({ code: 0 });
    expect(withoutTimes(await ports())).toBe(before.ports);
    expect(await ping('web', 'db')).toMatchObject({ code: 0 });
    expect((await product.run(project, 'up')).stderr).toContain('nothing to do');
    await shellOnHost('h2', 'kill -KILL $(pidof ovs-vswitchd)');
    await expect.poll(() => ping('web', 'db'), { timeout: 30_000 }).toMatchObject({ code: 0 });
    expect((await product.run(project, 'up')).stderr).toContain('nothing to do');
    expect(await processes()).not.toBe(before.processes);
    expect((await inGuest('db', 'cat', '/disk/boots')).stdout).toBe('1\n');
  });

  test('changes in one guest only when only that guest is edited', async () => {
    const before = await Promise.all([processOf('main', 'web'), processOf('h2', 'db')]);
    const [web, db, far] = laboratory.guests;
    await writeLaboratory(project, { ...laboratory, guests: [web!, db!, { ...far!, memoryMb: 144 }] });
    expect(await product.run(project, 'plan', '--detailed-exitcode')).toMatchObject({ code: 4 });
    const { code, stderr } = await product.run(project, 'up');
    expect(code, stderr).toBe(0);
    expect(await onHost('h2', 'virsh', '-q', 'dominfo', 'lab-far')).toMatch(/^Used memory: +147456 KiB$/m);
    expect(await Promise.all([processOf('main', 'web'), processOf('h2', 'db')])).toEqual(before);
    expect(await ping('web', 'far')).toMatchObject({ code: 0 });
    expect((await inGuest('far', 'cat', '/disk/boots')).stdout).toBe('2\n');
  });

  test('is repaired by up where somebody stopped a guest, gave one other memory and took a port away', async () => {
    const before = await processOf('main', 'web');
    await onHost('h2', 'virsh', '-q', 'destroy', 'lab-db');
    await shellOnHost(
      'h2',
      'virsh -q destroy lab-far; virsh -q setmaxmem lab-far 96M --config; virsh -q start lab-far',
    );
    await onHost('main', 'ovn-nbctl', 'lsp-del', 'lab-lan-web-0');
    const { stdout } = await product.run(project, 'plan');
    expect(stdout).toBe(repairs);
    const { code, stderr } = await product.run(project, 'up');
    expect(code, stderr).toBe(0);
    expect(await ping('web', 'db')).toMatchObject({ code: 0 });
    expect(await ping('web', 'far')).toMatchObject({ code: 0 });
    expect(await onHost('h2', 'virsh', '-q', 'dominfo', 'lab-far')).toMatch(/^Used memory: +147456 KiB$/m);
    expect(await processOf('main', 'web')).toBe(before);
    expect((await product.run(project, 'up')).stderr).toContain('nothing to do');
  });

  test('leaves hosts after down as they were, and what is not its own where it is', async () => {
    const { code, stderr } = await product.run(project, 'down', '--purge', '--yes');
    expect(code, stderr).toBe(0);
    expect(await stateOf(hosts)).toEqual(untouched);
    expect((await product.run(project, 'down', '--purge', '--yes')).stderr).toContain('nothing to do');
  });
});
