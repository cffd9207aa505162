import { Failure } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { Runner } from '../../../ports/runner.ts';
import { printable } from './printable.ts';

/** How far a guest has come; `link` = its network answers. */
export type Rung = 'running' | 'link' | 'banner' | 'ssh' | 'cloud-init' | 'script';

const missing: Readonly<Record<Rung, string>> = {
  running:
    'its network does not answer: it still boots, has no driver for its network card, or hides its link-local address',
  link: 'its network answers but nothing listens on port 22: no sshd is installed, or it is not started yet',
  banner: 'its sshd answers but nobody can log in yet',
  ssh: 'it does not let us run commands',
  'cloud-init': 'cloud-init does not come to an end',
  script: 'it does not answer any more while its script runs',
};

/** Signs on a console that say more than the rung. */
const tells: readonly (readonly [RegExp, string])[] = [
  [/kernel panic/i, 'its kernel panicked'],
  [/no bootable device|boot failed|not a bootable disk/i, 'its disk cannot be booted'],
  [/emergency mode|\(initramfs\)|dracut:\/#|you are in rescue/i, 'it stopped in its rescue shell'],
  [/out of memory|oom-kill/i, 'it has too little memory'],
  [/no space left on device/i, 'its disk is full'],
];

/** Why a guest makes no progress, as far as it can be seen from outside. */
export interface Diagnosis {
  readonly cause: string;
  readonly console: readonly string[];
}

/** Reads the end of the guest's serial console and guesses the cause. Never throws. */
export async function diagnose(runner: Runner, host: Host, key: string, log: string, rung: Rung): Promise<Diagnosis> {
  const console = await consoleTail(runner, host, key, log);
  const told = tells.find(([sign]) => console.some((line) => sign.test(line)));
  return { cause: told?.[1] ?? missing[rung], console };
}

async function consoleTail(runner: Runner, host: Host, key: string, log: string): Promise<string[]> {
  const script = 'IFS= read -r log\ntail -c 4096 -- "$log" 2>/dev/null\nexit 0\n';
  try {
    const { stdout } = await runner.run(host, {
      key,
      limit: 'control',
      script,
      data: Buffer.from(`${log}\n`),
      signal: AbortSignal.timeout(5000),
    });
    const lines = stdout.split(/\r*\n/).map((line) => printable(line).trimEnd());
    return lines.filter((line) => line !== '').slice(-10);
  } catch {
    return [];
  }
}

/** The failure of a guest that was given up. */
export function stalled(guest: string, host: Host, seconds: number, { cause, console }: Diagnosis): Failure {
  return new Failure({
    code: 'guest-stalled',
    class: 'permanent',
    message: `guest ${guest} made no progress for ${seconds} s: ${cause}`,
    object: guest,
    host: host.name,
    hint: `look at its console on ${host.name}: virsh -c qemu:///system console, or the log beside its disk`,
    ...(console.length === 0 ? {} : { stderr: console.join('\n') }),
  });
}
