import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { onHost, shellOnHost, tryOnHost } from '../support/playground.ts';
import { stateOf } from './support/host-state.ts';
import { networkProject } from './support/network-project.ts';
import { createProductOn, type Product } from './support/product.ts';

const hosts = ['main', 'h2'];
/** Somebody outside of the laboratory, who knows no way into it. */
const outside = '203.0.113.1';
/** Each guest tells its name at port 8080. */
const nameScript = 'mkdir /tmp/web; hostname >/tmp/web/name; httpd -p 8080 -h /tmp/web\n';
const soon = { timeout: 30_000, interval: 200 };

let product: Product;
let project: string;
let untouched: Readonly<Record<string, string>>;

const write = (isChanged: boolean) => writeFile(join(project, 'kvm-compose.yaml'), networkProject({ isChanged }));
const inGuest = (guest: string, ...words: readonly string[]) => product.run(project, 'exec', guest, '--', ...words);
/** Several, because Open vSwitch's datapath without the kernel drops the one for which it asks a tunnel's neighbour. */
const ping = async (from: string, to: string) =>
  (await inGuest(from, 'ping', '-c', '3', '-i', '0.3', '-W', '2', to)).code;
const isSilent = async (from: string, to: string) => (await inGuest(from, 'ping', '-c', '1', '-W', '1', to)).code;
/** The name of whom a guest finds at an address. */
const whoIs = async (from: string, address: string) =>
  (await inGuest(from, 'wget', '-q', '-O', '-', `http://${address}:8080/name`)).stdout;
/** What OVN answers; whom it is asked makes no difference, as long as the question leaves the guest. */
const lookUp = async (from: string, type: 'a' | 'aaaa', name: string, at: string) =>
  /^Name:.*\nAddress: (.*)$/m.exec((await inGuest(from, 'nslookup', `-type=${type}`, name, at)).stdout)?.[1];

async function boots(): Promise<string[]> {
  const all = ['work', 'server', 'red', 'blue'].map(async (name) => (await inGuest(name, 'cat', '/disk/boots')).stdout);
  return Promise.all(all);
}

/** By its agent: a session that goes by IPv6 would hang. */
async function switchIp6Off(host: string, domain: string): Promise<void> {
  const ask = async <Answer>(execute: string, args: object): Promise<Answer> => {
    const question = JSON.stringify({ execute, arguments: args });
    return (JSON.parse(await onHost(host, 'virsh', '-q', 'qemu-agent-command', domain, question)) as { return: Answer })
      .return;
  };
  const arg = ['-c', 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6'];
  const { pid } = await vi.waitFor(() => ask<{ pid: number }>('guest-exec', { path: '/bin/sh', arg }), soon);
  const status = () => ask<{ exited: boolean; exitcode?: number }>('guest-exec-status', { pid });
  await vi.waitFor(async () => expect(await status()).toMatchObject({ exited: true, exitcode: 0 }), soon);
}

/** The way out of a laboratory: a bridge of the host, as an administrator makes it. */
async function makeWayOut(): Promise<void> {
  await shellOnHost(
    'main',
    `ovs-vsctl add-br br-ex -- set bridge br-ex datapath_type=netdev \\
  -- set open . external-ids:ovn-bridge-mappings=public:br-ex
ip addr add 172.16.1.1/24 dev br-ex; ip link set br-ex up; ip addr add ${outside}/32 dev lo`,
  );
}

beforeAll(async () => {
  product = await createProductOn(hosts);
  project = join(product.folder, 'net');
  await mkdir(project);
  await writeFile(join(project, 'name.sh'), nameScript);
  await makeWayOut();
  untouched = await stateOf(hosts);
  await write(false);
  const { code, stderr } = await product.run(project, 'up');
  expect(code, stderr).toBe(0);
});

afterAll(async () => {
  await product.run(project, 'down', '--purge', '--yes');
  await product.remove();
  await shellOnHost(
    'main',
    `ip addr del ${outside}/32 dev lo
ovs-vsctl del-br br-ex -- remove open . external-ids ovn-bridge-mappings`,
  );
});

describe('a laboratory with everything a network can have', () => {
  test('gives addresses by DHCP, on a switch that denies all too', async () => {
    const routes = async () => (await inGuest('work', 'ip', 'route')).stdout;
    await vi.waitFor(async () => expect(await routes()).toContain('default via 10.10.0.1'), soon);
    expect(await routes()).toContain('src 10.10.0.21');
    expect((await inGuest('work', 'cat', '/etc/resolv.conf')).stdout).toBe('nameserver 8.8.8.8\n');
  });

  test('routes between its switches, IPv6 too, and across hosts', async () => {
    expect(await ping('work', '10.20.0.10')).toBe(0);
    expect(await ping('work', 'fd00:6::1')).toBe(0);
    expect(await ping('red', 'fd00:6::1')).toBe(0);
  });

  test('translates addresses on the way out and on the way in', async () => {
    expect(await ping('work', outside)).toBe(0);
    expect(await ping('server', outside)).toBe(0);
    expect(await tryOnHost('main', ['ping', '-c', '3', '-i', '0.3', '-W', '2', '172.16.1.210'])).toMatchObject({
      code: 0,
    });
  });

  test('denies what no rule allows, and is reached by the server all the same', async () => {
    expect(await ping('server', '10.30.0.12')).toBe(0);
    expect(await isSilent('work', '10.30.0.12')).toBe(1);
    expect(await isSilent('red', '10.30.0.11')).toBe(1);
    expect(await isSilent('work', '172.16.1.1')).toBe(1);
  });

  test('answers for the names of the guests on a switch', async () => {
    expect(await lookUp('server', 'a', 'red', '10.30.0.12')).toBe('10.30.0.12');
    expect(await lookUp('server', 'a', 'net-work', '10.30.0.12')).toBe('10.30.0.13');
    expect(await lookUp('work', 'aaaa', 'server', 'fd00:6::1')).toBe('fd00:6::1');
  });

  test('has two switches with the same addresses, and confuses no guests', async () => {
    expect((await inGuest('red', 'hostname')).stdout).toBe('net-red\n');
    expect((await inGuest('blue', 'hostname')).stdout).toBe('net-blue\n');
    expect(await whoIs('server', '10.40.0.5')).toBe('net-red\n');
    expect(await whoIs('work', '10.40.0.5')).toBe('net-blue\n');
  });

  test('is reached by IPv4 where a guest has IPv6 switched off', async () => {
    await switchIp6Off('main', 'net-blue');
    expect(await inGuest('blue', 'cat', '/proc/net/if_inet6')).toMatchObject({ code: 0, stdout: '' });
    expect(await product.run(project, 'up')).toMatchObject({ code: 0 });
  });
});

describe('a change of the network', () => {
  test('changes the rows it is about and restarts nobody', async () => {
    const before = await boots();
    await write(true);
    const { stdout } = await product.run(project, 'plan');
    expect(stdout).toMatchInlineSnapshot(`
      "net: 2 to create, 1 to change, 11 to remove

      network
        remove 7 ovn.acl on main: not in the file
          net-guard-from-lport-drop-0
          net-guard-to-lport-drop-0
          net-office-from-lport-allow-1
          net-office-from-lport-allow-related-1
          net-office-from-lport-drop-0
          net-office-to-lport-allow-1
          net-office-to-lport-drop-0
        remove 2 ovn.dns on main: not in the file
          net-six-server-1
          net-six-work-1
        remove 1 ovn.nat on main: not in the file
          net-r0-dnat_and_snat-172.16.1.210-10.20.0.10
        create 1 ovn.nat on main: missing
          net-r0-dnat_and_snat-172.16.1.211-10.20.0.10
        remove 1 ovn.route on main: not in the file
          net-r0-0.0.0.0/0-172.16.1.1
        create 1 ovn.route on main: missing
          net-r0-203.0.113.0/24-172.16.1.1
        change 1 ovn.switch on main: excludeIps 10.10.0.1..10.10.0.20 → 10.10.0.1..10.10.0.30 [live by work]
          net-office
      "
    `);
    const { code, stderr } = await product.run(project, 'up');
    expect(code, stderr).toBe(0);
    expect(await product.run(project, 'plan', '--detailed-exitcode')).toMatchObject({ code: 0 });
    expect(await boots()).toEqual(before);
  });

  test('is felt at once', async () => {
    expect(await ping('work', '10.30.0.12')).toBe(0);
    expect(await ping('work', '172.16.1.1')).toBe(0);
    expect(await ping('server', outside)).toBe(0);
    expect(await tryOnHost('main', ['ping', '-c', '3', '-i', '0.3', '-W', '2', '172.16.1.211'])).toMatchObject({
      code: 0,
    });
    expect(await tryOnHost('main', ['ping', '-c', '1', '-W', '1', '172.16.1.210'])).toMatchObject({ code: 1 });
    expect(await lookUp('work', 'aaaa', 'server', 'fd00:6::1')).toBeUndefined();
  });

  test('leaves nothing after down', async () => {
    const { code, stderr } = await product.run(project, 'down', '--purge', '--yes');
    expect(code, stderr).toBe(0);
    expect(await stateOf(hosts)).toEqual(untouched);
    expect(await onHost('main', 'ovn-nbctl', 'show')).toBe('');
  });
});
