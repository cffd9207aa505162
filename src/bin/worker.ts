import { releaseDeadWorkers } from '../client/dead-workers.ts';
import { connectTemporal } from '../client/connect.ts';
import { runsUnderWay } from '../client/runs-under-way.ts';
import { checkSearchAttributes, ensureReadNamespace } from '../client/namespace.ts';
import { openHome } from '../server/home.ts';
import { isDeadHere, ownIdentity } from '../server/process-identity.ts';
import { readSettings } from '../server/settings.ts';
import { createSigningCodec } from '../adapters/payload-codec.ts';
import { required, runAsPart } from './parts/child-program.ts';
import { dropOld } from './parts/drop-old.ts';
import { createWorkers } from './parts/create-workers.ts';
import { openWorld } from './parts/open-world.ts';
import { returnMemoryWhenIdle } from './parts/return-memory.ts';

await runAsPart('worker', async () => {
  const settings = readSettings(process.env);
  const home = openHome(settings.home);
  const options = {
    address: required('KVM_COMPOSE_TEMPORAL_ADDRESS'),
    // A worker that refused would try the same task for ever; what is marked fails the run instead.
    codec: createSigningCodec(home.codecKey, 'mark'),
    identity: ownIdentity(),
    patienceMs: 60_000,
  };
  const [clients, world] = await Promise.all([connectTemporal(options), openWorld(settings)]);
  await Promise.all([checkSearchAttributes(clients.runs), ensureReadNamespace(clients.reads)]);
  const workers = await createWorkers({ ...options, client: clients.runs, ports: world.ports });
  const running = workers.run();
  const ended = running.then(
    () => undefined,
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
  const released =
    (await releaseDeadWorkers(clients.runs, isDeadHere)) + (await releaseDeadWorkers(clients.reads, isDeadHere));
  if (released > 0) console.log(`took over ${released} activities of workers that died`);
  const keepOld = dropOld({
    store: world.ports.store,
    memory: world.forgetful,
    underWay: () => runsUnderWay(clients.runs),
  });
  const keepMemory = returnMemoryWhenIdle();
  return async () => {
    keepMemory();
    keepOld();
    workers.shutdown();
    await ended;
    await world.close();
  };
});
