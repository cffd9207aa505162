import type { Runs } from '../client/runs.ts';
import { failureOf } from '../model/failure.ts';
import type { DeploymentRecord, Store } from '../ports/store.ts';
import type { KnownDeployment } from './answers/deployment.ts';

/** What is asked about deployments. */
interface Parts {
  readonly runs: Pick<Runs, 'find'>;
  readonly store: Pick<Store, 'deployments'>;
}

/** What the server remembers of deployments, or of one; how a run stands is Temporal's to tell. */
export async function listDeployments({ runs, store }: Parts, name?: string): Promise<readonly KnownDeployment[]> {
  const all = (await store.deployments()).filter((each) => name === undefined || each.name === name);
  return Promise.all(
    all.map(async (record) => {
      const { wants: _wants, before: _before, ...shown } = record;
      return { ...shown, status: await statusOf(record, runs) };
    }),
  );
}

/** A run that was terminated in Temporal, or lost with its database, wrote no end into the record. */
async function statusOf({ name, status, before }: DeploymentRecord, runs: Parts['runs']): Promise<string> {
  const [command, word] = status.split(' ');
  if (word !== 'running') return status;
  try {
    return `${command} ${(await runs.find(name, before?.run)).status}`;
  } catch (error) {
    if (failureOf(error).code === 'no-such-run') return `${command} failed`;
    throw error;
  }
}
