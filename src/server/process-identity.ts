import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** `pid.starttime@host`: names one process for ever, however often the pid is used again. */
export function identityOf(pid: number): string | undefined {
  const start = startTime(pid);
  return start === undefined ? undefined : `${pid}.${start}@${hostname()}`;
}

/** This process. */
export function ownIdentity(): string {
  return identityOf(process.pid) ?? `${process.pid}.0@${hostname()}`;
}

/** True while that very process runs on this machine. */
export function isAlive(identity: string): boolean {
  const [, pid] = /^(\d+)\./.exec(identity) ?? [];
  return pid !== undefined && identityOf(Number(pid)) === identity;
}

/** True when the process was one of this machine's and is gone; of other machines nothing is known. */
export function isDeadHere(identity: string): boolean {
  return /^\d+\.\d+@/.test(identity) && identity.endsWith(`@${hostname()}`) && !isAlive(identity);
}

/** `kill(pid, 0)` calls zombies alive, so the state is read from where it stands. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command's name may hold spaces and parentheses; what follows the last one is regular.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
