import type { DeploymentStatus, GuestStatus } from '../../api/answers/status.ts';
import { table } from './table.ts';

/** Guests as a table, then what needs attention. */
export function renderStatus(status: DeploymentStatus): string {
  const { deployment, guests, hosts, missing, surplus } = status;
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
    `${deployment}: ${ready} of ${guests.length} guests ready on ${count(hosts.length, 'host')}`,
    missing > 0 ? `, ${count(missing, 'resource')} missing or changed` : '',
    surplus > 0 ? `, ${count(surplus, 'resource')} too many` : '',
    '\n',
  ];
  return parts.join('');
}

function readiness(guest: GuestStatus): string {
  return guest.ready ? 'yes' : 'no';
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}
