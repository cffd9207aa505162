import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from './home.ts';
import { isAlive } from './process-identity.ts';

/** One process of the server. */
export interface PartStatus {
  readonly identity: string;
  readonly pid: number;
  readonly restarts: number;
}

/** The names of the server's processes. */
export type PartName = 'temporal' | 'worker' | 'gateway';

/** `server.json`: what a supervisor says about itself. True only while its process lives. */
export interface ServerStatus {
  readonly state: 'starting' | 'ready' | 'stopping';
  readonly identity: string;
  readonly pid: number;
  readonly version: string;
  readonly startedAt: string;
  readonly port: number;
  readonly temporal: { readonly address: string; readonly ui: string; readonly version: string; readonly bin: string };
  readonly parts: Partial<Readonly<Record<PartName, PartStatus>>>;
}

const name = 'server.json';

/** Writes what is true now. */
export function writeStatus(home: string, status: ServerStatus): void {
  replaceFile(join(home, name), `${JSON.stringify(status, undefined, 2)}\n`);
}

/** What the last supervisor of this home wrote, and whether it still runs. */
export function readStatus(home: string): { status: ServerStatus; running: boolean } | undefined {
  try {
    const status = JSON.parse(readFileSync(join(home, name), 'utf8')) as ServerStatus;
    return { status, running: isAlive(status.identity) };
  } catch {
    return undefined;
  }
}
