import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ProjectFiles } from '../../ports/project.ts';

/** Project files as this terminal's user may touch them, with a cache of the user's own. */
export async function openProjectFiles(): Promise<ProjectFiles> {
  const { createProjectFiles } = await import('../../adapters/project-files/project-files.ts');
  const caches = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return createProjectFiles({ cacheFolder: join(caches, 'kvm-compose') });
}
