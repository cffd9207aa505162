import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Failure } from '../model/failure.ts';
import type { ServerSettings } from './settings.ts';

/** The versions everything here is tested with; `temporal/go.mod` pins the same. */
export const pinned = { cli: '1.5.1', server: '1.29.1' } as const;

/** A Temporal command, and the version of the server in it. */
export interface TemporalBinary {
  readonly path: string;
  readonly server: string;
}

/**
 * Finds a Temporal command: the environment's, the pinned version on PATH, the cache, and last a build from a checkout,
 * which takes minutes and is said aloud.
 */
export async function resolveTemporal(
  settings: ServerSettings,
  checkout: string,
  path: string,
  say: (text: string) => void,
): Promise<TemporalBinary> {
  const cached = join(settings.cache, 'temporal', pinned.cli, 'temporal');
  if (settings.temporalBin !== undefined) return given(settings.temporalBin, cached);
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, 'temporal');
    if (isProgram(candidate) && serverVersion(candidate) === pinned.server)
      return { path: candidate, server: pinned.server };
  }
  if (isProgram(cached)) return { path: cached, server: pinned.server };
  await build(join(checkout, 'temporal/install'), cached, say);
  return { path: cached, server: pinned.server };
}

function given(path: string, cached: string): TemporalBinary {
  // Ours needs no asking, which saves a tenth of a second at every start.
  if (path === cached && isProgram(path)) return { path, server: pinned.server };
  const server = isProgram(path) ? serverVersion(path) : undefined;
  if (server !== undefined) return { path, server };
  const message = `KVM_COMPOSE_TEMPORAL_BIN is ${path}, which is no Temporal command`;
  throw new Failure({ code: 'no-temporal', class: 'permanent', message, hint: 'unset it, or name a temporal program' });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `go install` builds call themselves 0.0.0-DEV; the server's version is what matters. */
function serverVersion(path: string): string | undefined {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  return /Server (\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1];
}

async function build(installer: string, cached: string, say: (text: string) => void): Promise<void> {
  const missing = `Temporal ${pinned.cli} is neither on PATH nor in ${cached}`;
  if (!existsSync(installer)) throw noTemporal(missing);
  say(`${missing}; building it with ${installer}, once`);
  const child = spawn(installer, [], { stdio: ['ignore', 'ignore', 'pipe'] });
  let last = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue;
      last = line;
      say(line);
    }
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0 || !isProgram(cached)) throw noTemporal(`${installer} failed: ${last}`);
}

function noTemporal(message: string): Failure {
  const hint = 'install Go (1.25 or later) and try again, or set KVM_COMPOSE_TEMPORAL_BIN to a temporal program';
  return new Failure({ code: 'no-temporal', class: 'permanent', message, hint });
}
