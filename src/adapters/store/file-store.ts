import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../model/failure.ts';
import type { DeploymentRecord, RunRecord, Store } from '../../ports/store.ts';
import { readIfThere, writeOnce } from './atomic-file.ts';
import { jsonFolder } from './json-folder.ts';
import { planFolder } from './plan-folder.ts';

/** The server's memory as plain JSON files in its home; several processes may open the same home. */
export async function openStore(home: string): Promise<Store> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  const runs = jsonFolder<RunRecord>(join(home, 'runs'));
  const deployments = jsonFolder<DeploymentRecord>(join(home, 'deployments'));
  return {
    installation: await installationOf(home),
    ...planFolder(join(home, 'plans')),
    putRun: (record) => runs.put(record.run, record),
    async runs(deployment) {
      const all = await runs.all();
      return all
        .filter((record) => deployment === undefined || record.deployment === deployment)
        .sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : a.run < b.run ? -1 : 1));
    },
    putDeployment: (record) => deployments.put(record.name, record),
    deployment: (name) => deployments.get(name),
    deployments: () => deployments.all(),
    removeDeployment: (name) => deployments.remove(name),
  };
}

/** Made once, whoever comes first; everything on the hosts is marked with it. */
async function installationOf(home: string): Promise<string> {
  const path = join(home, 'installation');
  if ((await readIfThere(path)) === undefined) await writeOnce(path, `${randomBytes(4).toString('hex')}\n`);
  const id = ((await readIfThere(path)) ?? '').trim();
  if (/^[0-9a-f]{8}$/.test(id)) return id;
  throw new Failure({
    code: 'file-unreadable',
    class: 'permanent',
    message: `${path} does not hold an installation id`,
    object: path,
    hint: 'write the eight hexadecimal digits that the marks on the hosts carry into it; a new id makes them strangers',
  });
}
