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

/** A libvirt that lists a running domain as off at first, as one that was just started does. */
const forgetful = `#!/bin/sh
echo "$*" >>"$LOG"
case "$*" in
*list*) echo ' - lab-b shut off';;
*domstate*) [ -e "$LOG.off" ] && echo 'shut off' || echo running;;
*destroy*|*shutdown*) : >"$LOG.off";;
*metadata*) echo "domain lab-b"; echo '<mark/>';;
*define*start*) [ -e "$LOG.off" ] || { echo 'error: Requested operation is not valid: domain is already active'; exit 1; };;
esac
`;

async function make(restart: 'yes' | 'no'): Promise<{ code: number | null; log: string; stdout: string }> {
  const log = join(folder, 'log');
  await writeFile(join(folder, 'virsh'), forgetful);
  await chmod(join(folder, 'virsh'), 0o755);
  const script = `set -u
work=${folder}/work
mkdir ${folder}/in; : >${folder}/in/end; : >${folder}/in/0.xml
tar -cf ${folder}/in.tar -C ${folder}/in end 0.xml
exec <${folder}/in.tar
${domainFunctions}
check_owner() { :; }
make_domain 0.xml lab-b ${restart} yes ${folder}/console/b.log
`;
  const env = { PATH: `${folder}:${process.env['PATH']}`, LOG: log };
  const { code, stdout } = await command('sh', ['-c', script], { env });
  return { code, stdout, log: await readFile(log, 'utf8') };
}

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

test.each([
  ['error: Disconnected from qemu:///system due to end of file', 'transient'],
  ['error: Failed to start domain: End of file while reading data: Input/output error', 'transient'],
  ['error: unsupported configuration: no such machine', 'permanent'],
])('%s is %s', (text, wanted) => {
  const op: LibvirtOp = { transport: 'libvirt', do: 'remove', name: 'lab-b' } as LibvirtOp;
  expect(refusalOf('h2', op, 1, text)).toMatchObject({ code: 'libvirt-refused', class: wanted, object: 'lab-b' });
});
