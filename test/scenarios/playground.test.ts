import { describe, expect, inject, test } from 'vitest';

import { command, output } from '../support/command.ts';
import { sshArguments, startByHand } from '../support/hand-made-guest.ts';
import { onHost, playground, shellOnHost, tryOnHost } from '../support/playground.ts';

const hosts = ['main', 'h2', 'h3'];

/** Polls until the value is the expected one. */
function eventually<Value>(read: () => Promise<Value>, seconds: number) {
  return expect.poll(read, { timeout: seconds * 1000, interval: 100 });
}

describe('a virtual host', () => {
  test.each(hosts)('%s answers ssh, libvirt and Open vSwitch', async (host) => {
    const answer = await output('ssh', [
      '-F',
      `${inject('playground').folder}/ssh_config`,
      host,
      'hostname && virsh -q uri && ovs-vsctl br-exists br-int && ovs-vsctl get bridge br-int datapath_type',
    ]);
    expect(answer.split('\n')).toEqual([host, 'qemu:///system', 'netdev']);
  });

  test('is known to OVN under its own name', async () => {
    const names = await onHost('main', 'ovn-sbctl', '--bare', '--columns=name', 'list', 'chassis');
    expect(names.split(/\s+/).sort()).toEqual([...hosts].sort());
  });

  test('runs a command with its input and its exit code', async () => {
    expect(await tryOnHost('h2', ['sh', '-c', 'cat; exit 7'], { input: 'said' })).toMatchObject({
      code: 7,
      stdout: 'said',
    });
  });

  test('starts a libvirtd that was killed again', async () => {
    const before = await onHost('h2', 'pidof', 'libvirtd');
    await onHost('h2', 'kill', '-KILL', before);
    await eventually(() => tryOnHost('h2', ['virsh', '-q', 'uri']), 20).toMatchObject({ code: 0 });
    expect(await onHost('h2', 'pidof', 'libvirtd')).not.toBe(before);
  });

  test('keeps its disks and its chassis over a power cut, and nothing else', async () => {
    await shellOnHost('h3', 'echo kept >/var/lib/kvm-compose/kept; echo gone >/run/gone; ip netns add gone');
    await playground('crash', 'h3');
    expect(await tryOnHost('h3', ['true'])).toMatchObject({ code: 1 });
    await playground('start', 'h3');
    expect(await onHost('h3', 'cat', '/var/lib/kvm-compose/kept')).toBe('kept');
    expect(await shellOnHost('h3', 'ls /run/gone /run/netns/gone 2>/dev/null || echo nothing')).toBe('nothing');
    expect(await onHost('h3', 'hostname')).toBe('h3');
  });

  test.each(['0.05', '0.1', '0.2'])('starts although a start was killed after %s s', async (seconds) => {
    const { folder, net } = inject('playground');
    await playground('crash', 'h3');
    await command('timeout', ['-s', 'KILL', seconds, 'playground/playground', 'start', 'h3'], {
      env: { KVM_COMPOSE_PLAYGROUND: folder, KVM_COMPOSE_PLAYGROUND_NET: net },
    });
    await playground('start', 'h3');
    expect(await tryOnHost('h3', ['ping', '-c', '1', '-W', '5', `${net}.1`])).toMatchObject({ code: 0 });
  });

  test('is silent while its network is cut and answers afterwards', async () => {
    const { net } = inject('playground');
    const ping = () => tryOnHost('main', ['ping', '-c', '1', '-W', '1', `${net}.2`]);
    const cut = playground('cut', 'h2', '3');
    await eventually(ping, 3).toMatchObject({ code: 1 });
    await cut;
    await eventually(ping, 20).toMatchObject({ code: 0 });
  });
});

test('up does nothing where all hosts run', async () => {
  const inits = () => Promise.all(hosts.map((host) => onHost(host, 'stat', '-c', '%Y', '/proc/1')));
  const before = await inits();
  await playground('up', '3');
  expect(await inits()).toEqual(before);
});

describe('a tiny guest', () => {
  const guest = {
    name: 'byhand',
    mac: '52:54:00:00:be:01',
    address: '10.60.0.2/24',
    environment: `GREETING=hello $(world) "quoted" 'too'\n`,
    context: 'from the context\n',
  };
  const inGuest = (script: string, user = 'nocloud') => tryOnHost('main', [...sshArguments(guest, user), script]);

  test('is what its seed says and keeps its files over a reboot', async () => {
    await shellOnHost(
      'main',
      `ovs-vsctl --may-exist add-br byhand -- set bridge byhand datapath_type=netdev
ip addr replace 10.60.0.1/24 dev byhand; ip link set byhand mtu 1400 up`,
    );
    await startByHand('main', 'byhand', guest);
    // The host key is pinned: a wrong one at any time would end the test, since ssh refuses it.
    await eventually(() => inGuest('true'), 90).toMatchObject({ code: 0 });
    expect((await inGuest('hostname; sh /etc/nocloud/env.sh GREETING; cat /etc/nocloud/context/file')).stdout).toBe(
      `byhand\nhello $(world) "quoted" 'too'\nfrom the context\n`,
    );
    expect((await inGuest('cat /sys/class/net/eth0/mtu; sudo bash -c "id -u"', 'root')).stdout).toBe('1400\n0\n');

    await inGuest('echo kept >/var/lib/kvm-compose/file; sync; reboot');
    await eventually(() => inGuest('cat /disk/boots'), 90).toMatchObject({ code: 0, stdout: '2\n' });
    expect((await inGuest('cat /var/lib/kvm-compose/file /root/ran')).stdout).toBe('kept\nonce\n');
    expect(await onHost('main', 'cat', '/var/lib/libvirt/images/byhand.log')).toContain('tiny: starting sshd');
  });

  test('answers by its link-local address and shuts down when asked to', async () => {
    await eventually(
      () => tryOnHost('main', ['ping', '-c', '1', '-W', '1', 'fe80::5054:ff:fe00:be01%byhand']),
      10,
    ).toMatchObject({ code: 0 });
    await onHost('main', 'virsh', '-q', 'shutdown', guest.name);
    await eventually(() => onHost('main', 'virsh', '-q', 'domstate', guest.name), 60).toBe('shut off');
    await shellOnHost(
      'main',
      `virsh -q undefine ${guest.name}; ovs-vsctl del-br byhand; rm -rf /var/lib/libvirt/images/byhand*`,
    );
  });
});
