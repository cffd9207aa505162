import { join } from 'node:path';
import type { ActivityPorts } from '../../activities/activity-ports.ts';
import { createBundles } from '../../adapters/bundles/create-bundles.ts';
import { createImages } from '../../adapters/images/images.ts';
import { createProjectFiles } from '../../adapters/project-files/project-files.ts';
import { createRunner } from '../../adapters/runner/create-runner.ts';
import { createSecrets } from '../../adapters/secrets/key-folder.ts';
import { createWorld } from '../../adapters/world.ts';
import { openMemory } from './open-memory.ts';
import { openSimulatedWorld } from './simulated-world.ts';
import type { Forgetful } from '../../ports/store.ts';
import { openHome } from '../../server/home.ts';
import type { ServerSettings } from '../../server/settings.ts';

/** The real world, as activities see it. */
export async function openWorld(settings: ServerSettings): Promise<{
  ports: Omit<ActivityPorts, 'requestCancel' | 'now'>;
  forgetful: readonly Forgetful[];
  close(): Promise<void>;
}> {
  const { home, images } = settings;
  const cacheFolder = join(home, 'cache');
  const runner = createRunner();
  const simulate = process.env['KVM_COMPOSE_SIMULATE'];
  const secrets = createSecrets(join(home, 'secrets'));
  const memory = await openMemory(settings);
  return {
    ports: {
      world: simulate ? openSimulatedWorld(home, simulate) : createWorld({ runner, secrets }),
      store: memory.store,
      secrets,
      events: memory.events,
      files: createProjectFiles({ cacheFolder }),
      bundles: createBundles({ runner: simulate ? undefined : runner, home, hidden: keysIn(home) }),
      images: createImages({ cacheFolder, catalogueFile: images }),
    },
    forgetful: memory.forgetful,
    async close() {
      await runner.close();
      await memory.close();
    },
  };
}

/** What must not leave the server's home, whatever else does. */
function keysIn(home: string): readonly string[] {
  const { token, codecKey } = openHome(home);
  return [token, codecKey.toString('hex')];
}
