import { existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure } from '../model/failure.ts';

/** Runs must outlive a newer Temporal, so the name says nothing of versions. */
const name = 'temporal.db';

/** What was written lies beside the database until it is merged into it. */
const companions = ['-wal', '-shm'] as const;

/**
 * The file of Temporal's data. One that an earlier release named by the version of its server gets its name here; only
 * the holder of the home's lock may ask. Throws Failure `temporal-database` where there are several.
 */
export function temporalDatabase(home: string, say: (text: string) => void): string {
  const path = join(home, name);
  const old = readdirSync(home)
    .filter((each) => /^temporal-\d[\w.-]*\.db$/.test(each))
    .sort();
  const all = [...(existsSync(path) ? [name] : []), ...old];
  if (all.length > 1) throw several(home, all);
  const [found] = old;
  if (found === undefined) return path;
  // The database last: whenever this is broken off, the next start finds the old name and goes on.
  for (const suffix of [...companions, '']) {
    const from = join(home, `${found}${suffix}`);
    if (existsSync(from)) renameSync(from, `${path}${suffix}`);
  }
  say(`Temporal's database ${found} is called ${basename(path)} from now on`);
  return path;
}

function several(home: string, names: readonly string[]): Failure {
  const message = `there are ${names.length} databases of Temporal in ${home}: ${names.join(', ')}`;
  const hint = `keep the one with your runs as ${name} and move the others away, each with its -wal and -shm`;
  return new Failure({ code: 'temporal-database', class: 'permanent', message, object: home, hint });
}
