import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, ownIdentity } from './process-identity.ts';

/** At most one supervisor per home: its lock names the process, so a killed one's lock is known to be stale. */
export function takeLock(home: string): { release(): void } | { holder: string } {
  const path = join(home, 'supervisor.lock');
  const own = ownIdentity();
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, own, { mode: 0o600 });
  try {
    for (;;) {
      if (tryLink(aside, path)) return { release: () => rmSync(path, { force: true }) };
      const holder = holderOf(path);
      if (holder !== undefined && isAlive(holder)) return { holder };
      removeStale(path, aside);
    }
  } finally {
    rmSync(aside, { force: true });
  }
}

function tryLink(aside: string, path: string): boolean {
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Another starter may have put its own lock there meanwhile: what was moved away by mistake is put back. */
function removeStale(path: string, aside: string): void {
  const moved = `${aside}.stale`;
  try {
    renameSync(path, moved);
  } catch {
    return;
  }
  const holder = holderOf(moved);
  if (holder !== undefined && isAlive(holder)) tryLink(moved, path);
  rmSync(moved, { force: true });
}
