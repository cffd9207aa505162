import { isAlive } from '../../src/server/process-identity.ts';
import { type PartName, readStatus } from '../../src/server/server-file.ts';
import { until } from './until.ts';

const patienceMs = 60_000;

/** Kills a process of the server, as soon as there is one. */
export async function killOwn(home: string, victim: PartName | 'supervisor'): Promise<void> {
  const pid = await until(`there is a ${victim} to kill`, patienceMs, () => {
    const found = readStatus(home);
    if (!found?.running) return undefined;
    if (victim === 'supervisor') return found.status.pid;
    const part = found.status.parts[victim];
    return part && isAlive(part.identity) ? part.pid : undefined;
  });
  process.kill(pid, 'SIGKILL');
}

/** Waits until the server is whole. */
export async function ownMended(home: string): Promise<void> {
  await until('the server is whole', patienceMs, () => {
    const found = readStatus(home);
    const parts = Object.values(found?.status.parts ?? {});
    return (
      found?.running === true &&
      found.status.state === 'ready' &&
      parts.length === 3 &&
      parts.every((part) => isAlive(part.identity))
    );
  });
}
