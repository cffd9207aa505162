import { createHash } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../model/failure.ts';
import type { Batch, Plan } from '../../model/plan.ts';
import type { Store } from '../../ports/store.ts';
import { isErrno, temporaryName, writeNew } from './atomic-file.ts';
import { fileName, readJson } from './json-folder.ts';

/** A plan without its batches' contents: the order of their ids. */
interface PlanIndex extends Omit<Plan, 'batches'> {
  readonly batches: readonly string[];
}

/** Plans under the hash of their content, one file per batch: an activity reads only its own. */
export function planFolder(folder: string): Pick<Store, 'putPlan' | 'getPlan' | 'getBatch'> {
  const batchPath = (plan: string, batch: string): string => join(folder, fileName(plan), `${fileName(batch)}.batch`);
  const getBatch = async (plan: string, batch: string): Promise<Batch> =>
    (await readJson<Batch>(batchPath(plan, batch))) ?? gone(`batch ${batch} of plan ${plan}`);
  return {
    getBatch,
    async putPlan(plan) {
      const files = filesOf(plan);
      const hash = createHash('sha256');
      for (const text of files.values()) hash.update(text).update('\n');
      const reference = hash.digest('hex').slice(0, 32);
      const path = join(folder, reference);
      if (!(await isThere(join(path, 'plan.json')))) await writePlan(path, files);
      return reference;
    },
    async getPlan(hash) {
      const index = await readJson<PlanIndex>(join(folder, fileName(hash), 'plan.json'));
      if (!index) return gone(`plan ${hash}`);
      return { ...index, batches: await Promise.all(index.batches.map((id) => getBatch(hash, id))) };
    },
  };
}

/** Texts by file name. The planner gives the same plan the same text, so they can be hashed as they are written. */
function filesOf({ batches, ...rest }: Plan): ReadonlyMap<string, string> {
  const index: PlanIndex = { ...rest, batches: batches.map((batch) => batch.id) };
  const ofBatches = batches.map((batch) => [`${fileName(batch.id)}.batch`, JSON.stringify(batch)] as const);
  return new Map([['plan.json', JSON.stringify(index)], ...ofBatches]);
}

/** The folder gets its name when everything is in it. */
async function writePlan(path: string, files: ReadonlyMap<string, string>): Promise<void> {
  const temporary = temporaryName(path);
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  try {
    await Promise.all([...files].map(([name, text]) => writeNew(join(temporary, name), text)));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    // The same plan, written by somebody else meanwhile.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function gone(what: string): never {
  const hint = 'start the command again: it makes a new plan from what the hosts hold now';
  throw new Failure({ code: 'file-missing', class: 'permanent', message: `${what} is not in the store`, hint });
}
