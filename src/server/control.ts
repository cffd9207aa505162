import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, type FailureData } from '../model/failure.ts';
import { openLog } from './child.ts';
import { openHome } from './home.ts';
import { isAlive } from './process-identity.ts';
import { readStatus, type ServerStatus } from './server-file.ts';
import type { ServerSettings } from './settings.ts';

/** What a supervisor tells whoever started it. */
export type SupervisorMessage =
  | { readonly say: string }
  | { readonly failure: FailureData }
  | { readonly ready: true }
  /** Another one holds the home. */
  | { readonly holder: string };

const startPatienceMs = 60_000;
const stopPatienceMs = 20_000;
const checkEveryMs = 25;

/** The server of a home, when it runs. */
export function runningServer(home: string): ServerStatus | undefined {
  const found = readStatus(home);
  return found?.running ? found.status : undefined;
}

/** Starts the server in the background and waits until it can be used. Throws Failure. */
export async function startServer(
  settings: ServerSettings,
  supervisor: string,
  say: (text: string) => void,
): Promise<{ status: ServerStatus; already: boolean }> {
  openHome(settings.home);
  if (runningServer(settings.home)) return { status: await untilReady(settings), already: true };
  const log = openLog(logFile(settings.home, 'supervisor'));
  const child = spawn(process.execPath, [supervisor], {
    detached: true,
    cwd: '/',
    stdio: ['ignore', log, log, 'ipc'],
    env: {
      ...process.env,
      KVM_COMPOSE_HOME: settings.home,
      ...(settings.images === undefined ? {} : { KVM_COMPOSE_IMAGES: settings.images }),
    },
  });
  closeSync(log);
  const first = await new Promise<'ready' | 'holder'>((resolve, reject) => {
    child.on('message', (message: SupervisorMessage) => {
      if ('say' in message) say(message.say);
      else if ('failure' in message) reject(new Failure(message.failure));
      else resolve('ready' in message ? 'ready' : 'holder');
    });
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(noStart(settings.home, `its supervisor ended (${signal ?? `exit code ${code}`})`)),
    );
  });
  child.removeAllListeners();
  if (child.connected) child.disconnect();
  child.unref();
  return { status: await untilReady(settings), already: first === 'holder' };
}

/** Somebody else may be starting it at this moment. */
async function untilReady({ home }: ServerSettings): Promise<ServerStatus> {
  for (let waitedMs = 0; waitedMs < startPatienceMs; waitedMs += checkEveryMs) {
    const status = runningServer(home);
    if (status?.state === 'ready') return status;
    if (!status && waitedMs > 1000) break;
    await sleep(checkEveryMs);
  }
  throw noStart(home, 'it is not ready');
}

function noStart(home: string, why: string): Failure {
  const message = `the server does not start: ${why}`;
  return new Failure({ code: 'no-server', class: 'permanent', message, hint: `see ${logFile(home, 'supervisor')}` });
}

/** Stops the server and waits until every process of it is gone; false when none was running. */
export async function stopServer(home: string): Promise<boolean> {
  const status = runningServer(home);
  if (!status) return false;
  process.kill(status.pid, 'SIGTERM');
  for (let waitedMs = 0; isAlive(status.identity); waitedMs += checkEveryMs) {
    if (waitedMs > stopPatienceMs) {
      const message = `the server (process ${status.pid}) does not end`;
      throw new Failure({
        code: 'no-server',
        class: 'permanent',
        message,
        hint: `kill -9 ${status.pid} is safe: runs go on at the next start`,
      });
    }
    await sleep(checkEveryMs);
  }
  return true;
}

/** Where a part of the server writes what it has to say. */
export function logFile(home: string, part: string): string {
  return join(home, 'logs', `${part}.log`);
}
