import { Failure } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { Ref } from '../../../model/ref.ts';
import type { ManifestRecord } from '../../../model/transport/files.ts';
import type { RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import { readProgram } from '../../../programs/read-program.ts';
import { bootFunction } from '../../host/boot.ts';
import { manifestLine, manifestPath } from '../../host/manifest.ts';

/** Records that come within this time of each other are written by one execution. */
const gatherMs = 20;

const writeProgram = bootFunction + readProgram(import.meta.url, './records.sh');

/** The manifest records of one batch on one host. */
export interface Records {
  /** `domain`: the record is true for the domain's present boot only. Throws Failure when the domain does not run. */
  write(deployment: string, record: ManifestRecord, domain?: string): Promise<void>;
  /** Writes a record as it was, with its boot. */
  restore(record: ManifestRecord): Promise<void>;
  /** Returns what was removed. Throws Failure where the record is of another deployment or installation. */
  remove(deployment: string, ref: Ref): Promise<ManifestRecord | undefined>;
}

interface Entry {
  readonly path: string;
  readonly domain: string;
  readonly line: string;
  resolve(was: string | undefined): void;
  reject(error: unknown): void;
}

/** Gathers what guests finish at about the same time. */
export function recordsOn(
  runner: Runner,
  host: Host,
  context: Pick<RunContext, 'key' | 'deployment' | 'installation'>,
): Records {
  let waiting: Entry[] = [];
  let turn: Promise<void> = Promise.resolve();
  let planned = false;

  const write = async (): Promise<void> => {
    planned = false;
    const entries = waiting;
    waiting = [];
    try {
      const said = await writeAll(runner, host, `${context.key}/records`, entries);
      entries.forEach((entry, number) => {
        if (said.has(`down ${number}`)) entry.reject(notRunning(host, entry.domain));
        else if (said.has(`foreign ${number}`)) entry.reject(foreign(host, entry.path));
        else entry.resolve(said.get(`was ${number}`));
      });
    } catch (error) {
      entries.forEach((entry) => entry.reject(error));
    }
  };
  const put = (path: string, domain: string, line: string): Promise<string | undefined> =>
    new Promise((resolve, reject) => {
      waiting.push({ path, domain, line, resolve, reject });
      if (planned) return;
      planned = true;
      const gathered = new Promise<void>((done) => setTimeout(done, gatherMs));
      turn = Promise.all([turn, gathered]).then(write);
    });
  return {
    async write(deployment, record, domain = '') {
      await put(manifestPath(deployment, record.ref), domain, manifestLine(withoutBoot(record)));
    },
    async restore({ boot, ...record }) {
      const known = boot === undefined ? record : { boot, ...record };
      await put(manifestPath(record.mark.deployment, record.ref), '', manifestLine(known));
    },
    async remove(deployment, ref) {
      const owner = `${context.deployment} ${context.installation}`;
      const was = await put(manifestPath(deployment, ref), owner, '');
      return was === undefined ? undefined : (JSON.parse(was) as ManifestRecord);
    },
  };
}

/** The boot is filled in on the host, where it is known. */
function withoutBoot({ boot: _boot, ...record }: ManifestRecord): ManifestRecord {
  return record;
}

/** What was said, by `word number`. */
async function writeAll(
  runner: Runner,
  host: Host,
  key: string,
  entries: readonly Entry[],
): Promise<Map<string, string>> {
  const data = Buffer.from(entries.map(({ path, domain, line }) => `${path}\n${domain}\n${line}\n`).join(''));
  // Without a signal: what is true is written even when the run is being stopped, and it takes no time.
  const { code, stdout, stderr } = await runner.run(host, { key, limit: 'control', script: writeProgram, data });
  if (code === 0) {
    return new Map(
      stdout.split('\n').map((line) => [/^\w+ \d+/.exec(line)?.[0] ?? '', line.replace(/^\w+ \d+ ?/, '')]),
    );
  }
  throw new Failure({
    code: 'command-failed',
    class: 'transient',
    message: `the manifest on ${host.name} cannot be written`,
    host: host.name,
    exitCode: code,
    stderr,
  });
}

function foreign(host: Host, path: string): Failure {
  const message = `the record ${path} is of another deployment or installation`;
  return new Failure({ code: 'name-taken', class: 'permanent', message, object: path, host: host.name });
}

function notRunning(host: Host, domain: string): Failure {
  const message = `domain ${domain} does not run any more`;
  const hint = `look at why it stopped: virsh -c qemu:///system domstate --reason ${domain}`;
  return new Failure({ code: 'guest-stalled', class: 'permanent', message, object: domain, host: host.name, hint });
}
