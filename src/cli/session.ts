import { ask, connect, type Connection, type Request } from '../gateway/protocol/connection.ts';
import type { CliWorld } from './world.ts';

/** Opens a connection to the gateway; starts the server in the background where none runs, and says so. */
export async function openSession(world: CliWorld): Promise<Connection> {
  if (!(await world.server.running())) {
    world.stderr.write('the server is not running; starting it in the background\n');
    const { info } = await world.server.start((text) => world.stderr.write(`${text}\n`));
    world.stderr.write(`the server is up (process ${info.pid}); stop it with kvm-compose server stop\n`);
  }
  return connect(world.dial, world.user);
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Asks the server one thing on a connection of its own. */
export async function askServer(world: CliWorld, request: WithoutId<Request>): Promise<unknown> {
  const connection = await openSession(world);
  try {
    return await ask(connection, { ...request, id: world.newId() });
  } finally {
    connection.close();
  }
}
