// Vitest's global set-up of the project `scenario`: three virtual hosts of this test run's own.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { TestProject } from 'vitest/node';

import { output } from './command.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The playground of this test run: its folder and the network it is named after. */
    playground: { readonly folder: string; readonly net: string };
    /** Path of its hosts.yaml. */
    hostsFile: string;
    /** Path of the tiny guest's disk image. */
    tinyImage: string;
    /** Path of the pinned Temporal command. */
    temporalProgram: string;
  }
}

let env: Record<string, string> | undefined;
let claim: string | undefined;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function folderOf(net: string): string {
  return `/var/tmp/kvm-compose-test-${net}`;
}

/** Whether a playground outside of tests uses the network: its bridge, named after the network, says whose it is. */
function isSomebodys(net: string): boolean {
  const hex = net.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  try {
    const owner = readFileSync(`/sys/class/net/pg${hex.join('')}/ifalias`, 'utf8').trim();
    return owner !== '' && owner !== folderOf(net);
  } catch {
    return false;
  }
}

/** Takes a network that no other test run on this machine uses; what a killed run left is taken over. */
function claimNet(): string {
  for (let third = 98; third >= 90; third -= 1) {
    const net = `10.${third}.0`;
    if (isSomebodys(net)) continue;
    const file = `${folderOf(net)}.pid`;
    try {
      writeFileSync(file, `${process.pid}`, { flag: 'wx' });
    } catch {
      if (isAlive(Number(readFileSync(file, 'utf8')))) continue;
      writeFileSync(file, `${process.pid}`);
    }
    claim = file;
    return net;
  }
  throw new Error('nine playgrounds run already (see /var/tmp/kvm-compose-test-*.pid and `ip link`)');
}

/** Brings the hosts up, and installs and builds what is missing first. */
export async function setup(project: TestProject): Promise<void> {
  await output('bash', ['playground/install'], { showProgress: true });
  const temporalProgram = await output('bash', ['temporal/install'], { showProgress: true });
  const tinyImage = await output('bash', ['playground/tiny-guest/build'], { showProgress: true });
  const net = claimNet();
  const folder = folderOf(net);
  env = { KVM_COMPOSE_PLAYGROUND: folder, KVM_COMPOSE_PLAYGROUND_NET: net };
  await output('playground/playground', ['down'], { env });
  await output('playground/playground', ['up', '3'], { env, showProgress: true }).catch(async (error: unknown) => {
    await teardown(); // vitest does not, after a set-up that failed
    throw error;
  });
  project.provide('playground', { folder, net });
  project.provide('hostsFile', `${folder}/hosts.yaml`);
  project.provide('tinyImage', tinyImage);
  project.provide('temporalProgram', temporalProgram);
}

/** Leaves no process, namespace, link or file. */
export async function teardown(): Promise<void> {
  if (env !== undefined) await output('playground/playground', ['down'], { env });
  if (claim !== undefined) rmSync(claim, { force: true });
}
