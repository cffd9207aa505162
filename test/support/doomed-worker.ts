// A worker in a process of its own, to be killed: node --import tsx test/support/doomed-worker.ts '<DoomedOrder as JSON>'
import { writeFileSync } from 'node:fs';

import { createSimulatedWorld } from '../../src/adapters/sim/world.ts';
import { ownIdentity } from '../../src/server/process-identity.ts';
import type { Fault } from '../../src/adapters/sim/faults.ts';
import { startEngine } from './engine.ts';
import type { ProjectSize } from './project.ts';

/** What a doomed worker is told. */
export interface DoomedOrder {
  readonly address: string;
  readonly taskQueue: string;
  readonly home: string;
  readonly size: ProjectSize;
  /** Where the hosts are kept, for whoever comes after it. */
  readonly hostsFile: string;
  /** Where it hangs, one after the other, until it is killed. */
  readonly faults: readonly Fault[];
}

const order = JSON.parse(process.argv[2]!) as DoomedOrder;
const { address, taskQueue, home, size, hostsFile } = order;
const world = createSimulatedWorld({ changed: (hosts) => writeFileSync(hostsFile, JSON.stringify(hosts)) });
const engine = await startEngine(address, { size, home, world, taskQueue, idle: true });
const laid = order.faults.map((fault) => world.faults.lay(fault));
await engine.worker(ownIdentity());
console.log(`ready ${ownIdentity()}`);
for (const { struck } of laid) {
  await struck;
  console.log('hangs');
}
