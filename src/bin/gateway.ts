import { createSigningCodec } from '../adapters/payload-codec.ts';
import { connectTemporal } from '../client/connect.ts';
import { checkSearchAttributes, ensureReadNamespace, prepareNamespace } from '../client/namespace.ts';
import { temporalRuns } from '../client/temporal-runs.ts';
import { startGateway } from '../gateway/server.ts';
import { openHome } from '../server/home.ts';
import { ownIdentity } from '../server/process-identity.ts';
import { readSettings } from '../server/settings.ts';
import { required, runAsPart } from './parts/child-program.ts';
import { openMemory } from './parts/open-memory.ts';
import { version } from './parts/paths.ts';
import { returnMemoryWhenIdle } from './parts/return-memory.ts';

await runAsPart('gateway', async () => {
  const settings = readSettings(process.env);
  const home = openHome(settings.home);
  const clients = await connectTemporal({
    address: required('KVM_COMPOSE_TEMPORAL_ADDRESS'),
    // One run that somebody else started must not keep all others from being listed: what is unsigned is marked.
    codec: createSigningCodec(home.codecKey, 'mark'),
    identity: ownIdentity(),
    patienceMs: 60_000,
  });
  await Promise.all([
    prepareNamespace(clients.runs),
    checkSearchAttributes(clients.runs),
    ensureReadNamespace(clients.reads),
  ]);
  const memory = await openMemory(settings);
  const temporalUi = process.env['KVM_COMPOSE_TEMPORAL_UI'];
  const gateway = await startGateway(
    {
      runs: temporalRuns(clients, () => new Date()),
      events: memory.events,
      store: memory.store,
      token: home.token,
      version,
      ...(temporalUi === undefined ? {} : { temporalUi }),
    },
    { host: '127.0.0.1', port: settings.port },
  );
  const keepMemory = returnMemoryWhenIdle();
  return async () => {
    keepMemory();
    await gateway.close();
    await memory.close();
  };
});
