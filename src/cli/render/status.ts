import type { DeploymentStatus, GuestStatus } from '../../api/answers/status.ts';
import { table } from './table.ts';

/** Guests as a table, then what needs attention. */
export function renderStatus(status: DeploymentStatus): string {
  const { deployment, guests, hosts, missing, surplus, asked, kept } = status;
  const rows = guests.map((guest) => [
    guest.name,
    guest.host,
    guest.state,
    readiness(guest),
    guest.addresses.join(' ') || '-',
  ]);
  const ready = guests.filter((guest) => guest.ready).length;
  const parts = [
    guests.length > 0 ? table(['GUEST', 'HOST', 'STATE', 'READY', 'ADDRESS'], rows) : '',
    ...hosts
      .filter((host) => !host.answered)
      .map((host) => `host ${host.name} does not answer: ${host.reason ?? 'no reason'}\n`),
    ...guests.flatMap(({ name, alsoOn = [] }) =>
      alsoOn.map((host) => `${name} is also on ${host}: up --replace removes it there\n`),
    ),
    guests.length === 0 && kept.length > 0
      ? `${deployment}: down, ${keptText(kept)} kept`
      : `${deployment}: ${ready} of ${guests.length} guests ready on ${count(hosts.length, 'host')}`,
    asked > 0 ? `, ${asked} as asked for` : '',
    missing > 0 ? `, ${count(missing, 'resource')} missing or changed` : '',
    surplus > 0 ? `, ${count(surplus, 'resource')} too many` : '',
    '\n',
    ...kept
      .filter((each) => guests.length > 0 || each.asked === true)
      .map(({ what, why }) => `kept: ${what}: ${why}\n`),
  ];
  return parts.join('');
}

/** What was asked for stands in lines of its own. */
function keptText(kept: DeploymentStatus['kept']): string {
  const disks = kept.filter((each) => each.asked === undefined);
  return disks.length > 0 ? disksText(disks) : count(kept.length, 'resource');
}

function disksText(kept: DeploymentStatus['kept']): string {
  const bytes = kept.reduce((sum, each) => sum + (each.bytes ?? 0), 0);
  const size = bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
  return `${count(kept.length, 'disk')} of ${size}`;
}

function readiness(guest: GuestStatus): string {
  return guest.ready ? 'yes' : 'no';
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
