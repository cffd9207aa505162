import { playground, shellOnHost, tryOnHost } from '../support/playground.ts';
import type { Blow } from './draw.ts';
import { until } from './until.ts';

type Strike = Extract<Blow, { strike: unknown }>;

/** Kills what belongs to hosts, and knows when all of it works again. */
export interface HostHurts {
  hurt(blow: Strike): Promise<void>;
  mended(): Promise<void>;
}

const patienceMs = 60_000;

/** Hurts to hosts of the playground. Power and links come back by themselves, behind whoever hurt them. */
export function hostHurts(hosts: readonly string[]): HostHurts {
  const healing: Promise<unknown>[] = [];
  return {
    hurt: async ({ strike, host = '', seconds = 0 }) => {
      if (strike === 'link') healing.push(playground('cut', host, String(seconds)));
      else if (strike === 'power') {
        await Promise.all(healing); // no power cut while somebody boots the host or holds its link
        await playground('crash', host);
        healing.push(playground('start', host));
      } else await killServices(host, strike === 'sshd' ? 'sshd sshd-session' : strike);
    },
    mended: async () => {
      await Promise.all(healing.splice(0));
      await Promise.all(hosts.map((host) => until(`${host} works`, patienceMs, () => works(host))));
    },
  };
}

/** Numbers are of the host's own process namespace: nobody else's service bears them. A dark host has none to kill. */
async function killServices(host: string, names: string): Promise<void> {
  await tryOnHost(host, ['sh', '-c', `kill -KILL $(pidof ${names})`]);
}

async function works(host: string): Promise<boolean> {
  const looks = [
    'virsh -q uri',
    'ovs-appctl --timeout=2 -t /run/openvswitch/ovs-vswitchd.ctl version',
    'pidof sshd',
    'ovs-vsctl --timeout=2 show',
  ];
  return shellOnHost(host, looks.map((look) => `${look} >/dev/null`).join('\n')).then(
    () => true,
    () => false,
  );
}
