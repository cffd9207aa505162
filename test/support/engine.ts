import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  Client,
  Connection,
  type WorkflowHandle,
  type WorkflowHandleWithFirstExecutionRunId,
} from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';

import type { ActivityPorts } from '../../src/activities/activity-ports.ts';
import { createActivities } from '../../src/activities/create-activities.ts';
import { createBundles } from '../../src/adapters/bundles/create-bundles.ts';
import { createSigningCodec } from '../../src/adapters/payload-codec.ts';
import { createSimulatedWorld, type SimulatedWorld } from '../../src/adapters/sim/world.ts';
import { together, type Workers } from '../../src/bin/parts/together.ts';
import type { WorkerParts } from '../../src/bin/parts/worker-parts.ts';
import { readWorker, runWorkers } from '../../src/bin/parts/workers.ts';
import type { TemporalClients } from '../../src/client/connect.ts';
import { namespace, readNamespace } from '../../src/client/names.ts';
import { ensureReadNamespace } from '../../src/client/namespace.ts';
import { openStore } from '../../src/adapters/store/sqlite-store.ts';
import { searchAttributeNames } from '../../src/model/search-attributes.ts';
import type { Forgetful, Store } from '../../src/ports/store.ts';
import type {
  Command,
  ReadAnswers,
  ReadInput,
  RunInput,
  RunOptions,
  RunOutcome,
} from '../../src/workflows/contract.ts';
import type { CancelRequest } from '../../src/workflows/signals.ts';
import { anyImage, filesOf, type MemoryEvents, memoryEvents, noSecrets } from './doubles.ts';
import { createLab, inventoryOf } from './lab.ts';
import { hostName, projectFolder, type ProjectSize, projectTexts } from './project.ts';

/** Fixed, so that stored histories can be read for ever. */
export const testCodec = createSigningCodec(Buffer.alloc(32, 7), 'mark');

let bundled: Promise<{ code: string }> | undefined;

/** The workflows as the sandbox wants them, once per test process. */
export function workflowBundle(): Promise<{ code: string }> {
  const path = (name: string): string => new URL(`../../src/workflows/${name}.ts`, import.meta.url).pathname;
  bundled ??= bundleWorkflowCode({
    workflowsPath: path('index'),
    workflowInterceptorModules: [path('interceptors')],
    logger: new DefaultLogger('ERROR'),
  });
  return bundled;
}

/** How a run ended, as Temporal and its memo tell it. */
export interface Ended {
  readonly status: string;
  readonly outcome: RunOutcome | undefined;
  readonly runId: string;
  /** What waiting for its result threw. */
  readonly error: unknown;
}

/** The real engine (workflows, activities, store) on a real Temporal server, in a simulated world. */
export interface Engine {
  readonly deployment: string;
  readonly taskQueue: string;
  readonly client: Client;
  readonly clients: TemporalClients;
  readonly ports: ActivityPorts;
  readonly world: SimulatedWorld;
  readonly store: Store & Forgetful;
  readonly events: MemoryEvents;
  /** Changes the project between runs. */
  readonly edit: (size: ProjectSize) => void;
  /** Changes the text of the project file. */
  readonly rewrite: (change: (text: string) => string) => void;
  readonly start: (
    command: Command,
    options?: RunOptions,
    more?: Partial<RunInput>,
  ) => Promise<WorkflowHandleWithFirstExecutionRunId>;
  readonly cancel: (handle: WorkflowHandle, request?: CancelRequest) => Promise<void>;
  /** Waits for the end. */
  readonly ended: (handle: WorkflowHandle) => Promise<Ended>;
  /** Starts and waits. */
  readonly run: (command: Command, options?: RunOptions, more?: Partial<RunInput>) => Promise<Ended>;
  readonly read: <W extends keyof ReadAnswers>(what: W, options?: Partial<ReadInput>) => Promise<ReadAnswers[W]>;
  /** Every resource on every host, one line each: the world, for comparing. */
  readonly text: () => Promise<string>;
  /** Starts workers as the product has them, of runs and of each class of activities. Reads get theirs with the first. */
  readonly worker: (identity?: string) => Promise<Workers>;
  readonly stop: () => Promise<void>;
}

/** What an engine is made of where the test has its own ideas. */
export interface EngineOptions {
  readonly size: ProjectSize;
  readonly world?: SimulatedWorld;
  readonly home?: string;
  readonly deployment?: string;
  readonly taskQueue?: string;
  /** Ports of the test's own making. */
  readonly ports?: Partial<ActivityPorts>;
  /** No worker is started: the test starts its own. */
  readonly idle?: boolean;
}

/** They share one runtime, which ends with the last of them. */
let engines = 0;

/** Starts an engine with one worker. */
export async function startEngine(address: string, options: EngineOptions): Promise<Engine> {
  if (engines === 0) Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  engines += 1;
  const connection = await Connection.connect({ address });
  const dataConverter = { payloadCodecs: [testCodec] };
  const client = new Client({ connection, dataConverter });
  const clients = { runs: client, reads: new Client({ connection, dataConverter, namespace: readNamespace }) };
  await ensureReadNamespace(clients.reads);
  const native = await NativeConnection.connect({ address, grpcCompression: { codec: 'none' } });
  const deployment = options.deployment ?? `lab${randomUUID().slice(0, 8)}`;
  const taskQueue = options.taskQueue ?? `test-${randomUUID()}`;
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'kvm-compose-engine-'));
  const texts: Record<string, string> = projectTexts(options.size);
  const hostNames = Array.from({ length: options.size.hosts }, (_, n) => hostName(n));
  const world = options.world ?? createSimulatedWorld();
  const store = await openStore(home);
  const events = memoryEvents();
  const ports: ActivityPorts = {
    world,
    store,
    events,
    secrets: noSecrets,
    files: filesOf(texts),
    images: anyImage,
    bundles: createBundles({ runner: undefined, home, hidden: [] }),
    requestCancel: (workflowId, runId, { by, reason }) =>
      requestCancel(client, workflowId, runId, by, `${by}: ${reason}`),
    now: () => new Date(),
    ...options.ports,
  };
  const running: { workers: Workers; ended: Promise<void> }[] = [];
  const run = (workers: Workers): Workers => {
    running.push({ workers, ended: workers.run() });
    return workers;
  };
  let reading: Promise<unknown> | undefined;
  const readers = async (): Promise<unknown> => {
    const parts = await partsOf(native, taskQueue, 'test-reader', ports);
    return run(together([await readWorker({ ...parts, namespace: readNamespace })]));
  };
  const worker = async (identity = 'test-worker'): Promise<Workers> => {
    const parts = await partsOf(native, taskQueue, identity, ports);
    return run(together(await Promise.all(runWorkers({ ...parts, namespace }))));
  };
  if (options.idle !== true) await worker();

  const start: Engine['start'] = (command, own = {}, more = {}) =>
    client.workflow.start(command, {
      workflowId: `testbed/${deployment}`,
      taskQueue,
      args: [{ ...inputOf(command, deployment, own), ...more }],
      workflowIdConflictPolicy: 'FAIL',
      memo: { by: 'ann@laptop', requestId: randomUUID() },
      searchAttributes: {
        [searchAttributeNames.deployment]: [deployment],
        [searchAttributeNames.command]: [command],
      },
    });
  const ended: Engine['ended'] = async (handle) => {
    const error: unknown = await handle.result().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    const { status, memo, runId } = await handle.describe();
    return { status: status.name, outcome: memo?.['outcome'] as RunOutcome | undefined, runId, error };
  };
  return {
    deployment,
    taskQueue,
    client,
    clients,
    ports,
    world,
    store,
    events,
    edit: (size) => Object.assign(texts, projectTexts(size)),
    rewrite: (change) => {
      const path = `${projectFolder}/kvm-compose.yaml`;
      texts[path] = change(texts[path]!);
    },
    start,
    cancel: (handle, request = { by: 'ann@laptop', reason: 'lunch' }) => handle.signal('cancel', request),
    ended,
    read: async <W extends keyof ReadAnswers>(what: W, own: Partial<ReadInput> = {}) => {
      await (reading ??= readers());
      return clients.reads.workflow.execute<(input: ReadInput) => Promise<ReadAnswers[W]>>('read', {
        workflowId: `read/${own.deployment ?? deployment}/${randomUUID()}`,
        taskQueue,
        args: [{ ...inputOf('up', deployment, {}), what, ...own }],
      });
    },
    run: async (command, own, more) => ended(await start(command, own, more)),
    text: () => createLab(inventoryOf(...hostNames), world, { deployment, installation: store.installation }).text(),
    worker,
    stop: async () => {
      for (const { workers } of running) workers.shutdown();
      await Promise.all(running.map((each) => each.ended));
      engines -= 1;
      await native.close();
      await connection.close();
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The input of a run, as a client makes it. */
export function inputOf(command: Command, deployment: string, options: RunOptions): RunInput {
  return {
    command,
    deployment,
    folder: projectFolder,
    file: 'kvm-compose.yaml',
    hostsFile: 'hosts.yaml',
    by: 'ann@laptop',
    nonce: randomUUID(),
    expires: new Date(Date.now() + 60_000).toISOString(),
    options,
  };
}

/** Asks the server for a cancel the way Temporal's own tools do. */
export async function requestCancel(
  client: Client,
  workflowId: string,
  runId: string,
  identity: string,
  reason: string,
): Promise<void> {
  await client.workflowService.requestCancelWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId },
    identity,
    requestId: randomUUID(),
    reason,
  });
}

async function partsOf(
  connection: NativeConnection,
  taskQueue: string,
  identity: string,
  ports: ActivityPorts,
): Promise<Omit<WorkerParts, 'namespace'>> {
  const activities = createActivities(ports);
  return { connection, taskQueue, identity, activities, codec: testCodec, workflowBundle: await workflowBundle() };
}
