import type { GuestReach } from '../api/answers/status.ts';
import { guestSocket } from '../model/guest-socket.ts';

/** One argument as a POSIX shell reads it back. */
export function quote(argument: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** Options for a connection whose host key is known beforehand and which is nobody's default configuration. */
const quiet = ['-o', 'LogLevel=ERROR', '-o', 'ConnectTimeout=10'];

/**
 * The OpenSSH command that ends in the guest: its socket is a `socat` on the guest's host, inside the deployment's
 * network namespace, where the guest answers on its link-local addresses, or on IPv4 where that was asked for.
 */
export function sshToGuest(guest: string, reach: GuestReach, remote: readonly string[]): string[] {
  const { keyFile, knownHostKey, user } = reach;
  const noFiles = options('UserKnownHostsFile=/dev/null', 'GlobalKnownHostsFile=/dev/null');
  const pinned =
    knownHostKey === undefined
      ? [...noFiles, ...options('StrictHostKeyChecking=no')]
      : // The pinned key never touches a file: OpenSSH asks this command for it.
        [...noFiles, ...options('StrictHostKeyChecking=yes', `HostKeyAlias=${guest}`, pinnedKey(guest, knownHostKey))];
  const key = keyFile === undefined ? [] : ['-i', keyFile, '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes'];
  return [
    'ssh',
    '-F',
    'none',
    ...quiet,
    ...key,
    ...pinned,
    '-o',
    `ProxyCommand=${proxyCommand(reach)}`,
    `${user}@${guest}`,
    ...remote,
  ];
}

function options(...settings: readonly string[]): string[] {
  return settings.flatMap((setting) => ['-o', setting]);
}

function pinnedKey(guest: string, key: string): string {
  const withoutComment = key.trim().split(/\s+/).slice(0, 2).join(' ');
  return `KnownHostsCommand=/bin/echo ${guest} ${withoutComment}`;
}

/** The first socket that somebody accepts on; where nobody does, the first one says why. */
const firstAnswering =
  'for to; do socat -u OPEN:/dev/null "$to,connect-timeout=2" 2>/dev/null && exec socat - "$to"; done; exec socat - "$1"';

/** Read by the local shell, and for a remote host by that host's shell too; `%` is ssh's own escape. */
function proxyCommand({ namespace, routes, host }: GuestReach): string {
  const sockets = routes.map(guestSocket);
  const words = sockets.length === 1 ? ['socat', '-'] : ['sh', '-c', firstAnswering, 'sh'];
  const inside = ['ip', 'netns', 'exec', namespace, ...words, ...sockets];
  const argv = host.connection === 'local' ? inside : [...sshToHost(host), inside.map(quote).join(' ')];
  return argv.map(quote).join(' ').replaceAll('%', '%%');
}

function sshToHost(host: GuestReach['host']): string[] {
  const identity = host.identityFile === undefined ? [] : ['-i', host.identityFile, '-o', 'IdentitiesOnly=yes'];
  const known = host.knownHostsFile === undefined ? [] : ['-o', `UserKnownHostsFile=${host.knownHostsFile}`];
  const strict = ['-o', 'StrictHostKeyChecking=yes', '-o', 'BatchMode=yes'];
  return ['ssh', ...quiet, ...identity, ...known, ...strict, '-p', String(host.port), '-l', host.user, host.address];
}
