import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, type Connection, isGrpcServiceError } from '@temporalio/client';
import { Failure } from '../model/failure.ts';
import { type SearchAttributeType, searchAttributes } from '../model/search-attributes.ts';
import { namespace, readNamespace } from './names.ts';

/** How long ended runs stay readable; the server's own default is one day. */
export const retentionDays = 30;
const retentionSeconds = retentionDays * 24 * 60 * 60;

/** A server that has just begun to answer registers its attributes a moment later. */
const patienceMs = 10_000;

/** In the numbers of Temporal's API. */
const typeNumbers: Record<SearchAttributeType, number> = { Keyword: 2, Int: 3, KeywordList: 7 };

/** Nobody looks at a read once it is answered; a cluster keeps nothing for less than a day. */
const readRetentionSeconds = 24 * 60 * 60;

/** Makes the namespace of reads where there is none: a server of the release before, or a cluster, knows none. */
export async function ensureReadNamespace(client: Client, place: Place = {}): Promise<void> {
  const { name = readNamespace, patienceMs: patience = patienceMs } = place;
  const { workflowService } = client;
  const known = async (): Promise<boolean> => {
    try {
      await workflowService.describeNamespace({ namespace: name });
      // Other parts of the server go on denying it for a while.
      await workflowService.listWorkflowExecutions({ namespace: name, pageSize: 1 });
      return true;
    } catch (error) {
      if (isGrpcServiceError(error) && error.code === notFound) return false;
      throw error;
    }
  };
  if (await known()) return;
  const workflowExecutionRetentionPeriod = { seconds: readRetentionSeconds as never };
  try {
    await workflowService.registerNamespace({ namespace: name, workflowExecutionRetentionPeriod });
  } catch (error) {
    const code = isGrpcServiceError(error) ? error.code : undefined;
    const repair = `temporal operator namespace create --namespace ${name} --retention 1d`;
    if (code === permissionDenied) throw setupFailure(`we may not make Temporal's namespace ${name}`, repair, client);
    // Worker and gateway start at the same time, and one of them is first.
    if (code !== alreadyExists) throw error;
  }
  // A namespace that was just made is known to all parts of the server a moment later.
  for (let waitedMs = 0; waitedMs < patience && !(await known()); waitedMs += 50) await sleep(50);
}

/** In the numbers of gRPC. */
const notFound = 5;
const alreadyExists = 6;
const permissionDenied = 7;

/** What is looked at; tests look elsewhere and wait less. */
interface Place {
  readonly name?: string;
  readonly patienceMs?: number;
}

/** Makes the server keep ended runs, and says so where it will not. Throws Failure `temporal-setup`. */
export async function prepareNamespace(client: Client, { name = namespace }: Place = {}): Promise<void> {
  const kept = async (): Promise<number> => {
    const { config } = await client.workflowService.describeNamespace({ namespace: name });
    return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
  };
  if ((await kept()) >= retentionSeconds) return;
  const config = { workflowExecutionRetentionTtl: { seconds: retentionSeconds as never } };
  await client.workflowService.updateNamespace({ namespace: name, config });
  const seconds = await kept();
  if (seconds >= retentionSeconds) return;
  throw setupFailure(
    `Temporal keeps ended runs for ${Math.floor(seconds / 86_400)} days in namespace ${name}, which is less than ${retentionDays}`,
    `temporal operator namespace update --namespace ${name} --retention ${retentionDays}d`,
    client,
  );
}

/**
 * Checks that runs can be listed and can say how far they are: without its search attributes no run could start, or
 * go on. Throws Failure `temporal-setup` with the command that repairs it.
 */
export async function checkSearchAttributes(client: Client, place: Place = {}): Promise<void> {
  const { name = namespace, patienceMs: patience = patienceMs } = place;
  const { operatorService } = client.connection as Connection;
  for (let waitedMs = 0, pauseMs = 50; ; waitedMs += pauseMs) {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace: name });
    const wrong = [...searchAttributes].filter(([key, type]) => customAttributes?.[key] !== typeNumbers[type]);
    if (wrong.length === 0) return;
    if (waitedMs >= patience) throw lacking(wrong, customAttributes ?? {}, name, client);
    await sleep(pauseMs);
  }
}

function lacking(
  wrong: readonly (readonly [string, SearchAttributeType])[],
  found: Readonly<Record<string, unknown>>,
  name: string,
  client: Client,
): Failure {
  const names = wrong.map(([key]) => (key in found ? `${key} (of another type)` : key)).join(', ');
  const flags = wrong.map(([key, type]) => `--name ${key} --type ${type}`).join(' ');
  const remove = wrong.filter(([key]) => key in found).map(([key]) => `--name ${key}`);
  const create = `temporal operator search-attribute create --namespace ${name} ${flags}`;
  const repair =
    remove.length === 0
      ? create
      : `temporal operator search-attribute remove --yes --namespace ${name} ${remove.join(' ')} && ${create}`;
  return setupFailure(`Temporal's namespace ${name} lacks the search attributes ${names}`, repair, client);
}

function setupFailure(message: string, repair: string, client: Client): Failure {
  const { address } = (client.connection as Connection).options;
  const hint = `repair it with: TEMPORAL_ADDRESS=${address} sh -c '${repair}'`;
  return new Failure({ code: 'temporal-setup', class: 'permanent', message, hint });
}
