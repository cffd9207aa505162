import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { domainFunctions } from '../../../src/adapters/carriers/libvirt/script.ts';
import { refusalOf } from '../../../src/adapters/carriers/libvirt/refusal.ts';
import type { LibvirtOp } from '../../../src/model/transport/libvirt.ts';
import { command } from '../../support/command.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kc-libvirt-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** An Open vSwitch that says what its table of ports is told to hold, and writes down what it shall do. */
const openVSwitch = `#!/bin/sh
case "$*" in
*find*) cat "$LOG.ports" 2>/dev/null;;
*) echo "ovs-vsctl $*" >>"$LOG";;
esac
`;

/** A libvirt that lists a running domain as off at first, as one that was just started does. */
const forgetful = `#!/bin/sh
echo "$*" >>"$LOG"
case "$*" in
*list*) echo ' - lab-b shut off';;
*domstate*) [ -e "$LOG.off" ] && echo 'shut off' || echo running;;
*destroy*|*shutdown*) : >"$LOG.off";;
*metadata*) echo "domain lab-b<kc:mark installation='01234567' deployment='lab'/>";;
*define*start*) [ -e "$LOG.off" ] || { echo 'error: Requested operation is not valid: domain is already active'; exit 1; };;
esac
`;

/** What the script does with these calls, beside a table of ports. */
async function act(...calls: readonly string[]): Promise<{ code: number | null; log: string; stdout: string }> {
  const log = join(folder, 'log');
  for (const [name, text] of Object.entries({ virsh: forgetful, 'ovs-vsctl': openVSwitch })) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
  const script = `set -u
work=${folder}/work
mkdir ${folder}/in; : >${folder}/in/end; : >${folder}/in/0.xml
tar -cf ${folder}/in.tar -C ${folder}/in end 0.xml
exec <${folder}/in.tar
${domainFunctions}
check_owner() { :; }
${calls.join('\n')}
`;
  const env = { PATH: `${folder}:${process.env['PATH']}`, LOG: log };
  const { code, stdout } = await command('sh', ['-c', script], { env });
  return { code, stdout, log: await readFile(log, 'utf8') };
}

/** A domain with one card, on a tap that stands for its own. */
const make = (restart: 'yes' | 'no') =>
  act(
    'find_ports lab 01234567',
    `make_domain 0.xml lab-b ${restart} yes ${folder}/console/b.log vm-b 15 ''`,
    'unplug_old',
  );

/** Lines as Open vSwitch prints them. */
const hasPorts = (taps: Readonly<Record<string, string>>): Promise<void> =>
  writeFile(
    join(folder, 'log.ports'),
    Object.entries(taps)
      .map(
        ([tap, resource]) =>
          `${tap}\n${tap},"{attached-mac=""52:54:00:00:00:01"", iface-id=lab-lan-b-0, kvm-compose-deployment=lab, kvm-compose-resource=""${resource}""}"\n`,
      )
      .join(''),
  );

test('a domain that libvirt had not found running yet counts as running', async () => {
  const { code, log, stdout } = await make('no');
  expect(stdout).toBe('');
  expect(code).not.toBe(1);
  expect(log.match(/start lab-b/g)).toHaveLength(1);
});

test('and is restarted where it has to be', async () => {
  const { code, log, stdout } = await make('yes');
  expect(stdout).toBe('');
  expect(code).toBe(0);
  expect(log.match(/start lab-b/g)).toHaveLength(2);
  expect(log).toMatch(/shutdown lab-b/);
});

test('ports of earlier starts go when the domain has been started, those of others stay', async () => {
  await hasPorts({ 'vm-b': 'libvirt.domain:lab-b', 'vm-b1': 'libvirt.domain:lab-b', 'vm-c': 'libvirt.domain:lab-c' });
  const { log } = await make('yes');
  const lines = log.split('\n').filter(Boolean);
  expect(lines.at(-1)).toBe('ovs-vsctl --timeout=20 -- --if-exists del-port vm-b -- --if-exists del-port vm-b1');
  expect(lines.findIndex((line) => line.includes('start lab-b'))).toBeLessThan(lines.length - 1);
});

test('a domain that runs keeps the ports of its cards, and no others', async () => {
  await hasPorts({ 'vm-b': 'libvirt.domain:lab-b', 'vm-b1': 'libvirt.domain:lab-b' });
  const { log } = await make('no');
  expect(log.match(/^ovs-vsctl.*/gm)).toEqual(['ovs-vsctl --timeout=20 -- --if-exists del-port vm-b1']);
});

test('ports of all removed domains go in one transaction, also of one that was undefined past us', async () => {
  await hasPorts({ 'vm-b': 'libvirt.domain:lab-b', 'vm-z0': 'libvirt.domain:lab-z', 'vm-z1': 'libvirt.domain:lab-z' });
  const calls = [
    'find_ours lab 01234567 lab-b lab-z lab-y',
    'ports_of_removed lab-b vm-b',
    "ports_of_removed lab-z ''",
  ];
  const more = [
    'unplug_old &',
    "remove_domain lab-b ''",
    "remove_domain lab-z ''",
    "remove_domain lab-y '' || echo $?",
    'wait; ls "$work/unplugged"',
  ];
  const { code, log, stdout } = await act('find_ports lab 01234567', ...calls, ...more);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `10\n${folder}/work/unplugged\n` });
  expect(log).toMatch(/destroy lab-b; undefine lab-b/);
  expect(log.match(/^ovs-vsctl.*/gm)).toEqual([
    'ovs-vsctl --timeout=20 -- --if-exists del-port vm-b -- --if-exists del-port vm-z0 -- --if-exists del-port vm-z1',
  ]);
});

test('the port of a card goes with its domain also when somebody added it again without a mark', async () => {
  await writeFile(join(folder, 'log.ports'), 'br-int\nvm-b\nvm-y\n');
  const calls = [
    'find_ours lab 01234567 lab-b lab-y',
    "ports_of_removed lab-b 'vm-b vm-b1'",
    'ports_of_removed lab-y vm-y',
  ];
  const { log } = await act('find_ports lab 01234567', ...calls, 'unplug_old');
  expect(log.match(/^ovs-vsctl.*/gm)).toEqual(['ovs-vsctl --timeout=20 -- --if-exists del-port vm-b']);
});

test('ports under the name of a domain that is not ours stay, and without ports nobody is asked to remove any', async () => {
  await hasPorts({ 'vm-b': 'libvirt.domain:lab-b' });
  const { code, log } = await act(
    'find_ports lab 01234567',
    'find_ours other 01234567 lab-b lab-y',
    'ports_of_removed lab-b vm-b',
    'unplug_old',
  );
  expect(code).toBe(0);
  expect(log).not.toContain('ovs-vsctl');
});

test.each([
  ['error: Disconnected from qemu:///system due to end of file', 'transient'],
  ['error: Failed to start domain: End of file while reading data: Input/output error', 'transient'],
  ['error: unsupported configuration: no such machine', 'permanent'],
])('%s is %s', (text, wanted) => {
  const op: LibvirtOp = { transport: 'libvirt', do: 'remove', name: 'lab-b' } as LibvirtOp;
  expect(refusalOf('h2', op, 1, text)).toMatchObject({ code: 'libvirt-refused', class: wanted, object: 'lab-b' });
});

test('a guest that takes its time to stop is no command that hangs: the script says that it waits', async () => {
  const stubborn = 'virsh_() { case "$*" in domstate*) echo running;; esac; echo "$*" >>"$LOG"; }';
  const { stdout } = await act(stubborn, "item 0 '' stop_domain lab-b 1");
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(['waits', '0 done']));
});
