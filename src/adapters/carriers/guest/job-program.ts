import { readProgram } from '../../../programs/read-program.ts';
import { shellConstants } from '../../runner/constants.ts';
import { quoteArgv } from '../../runner/quote.ts';

/** Jobs lie on the guest's persistent disk: what a script did is there too. */
const jobsFolder = '/var/lib/kvm-compose/jobs';

/** Words of this mark on standard error come from the program, all else is the guest's. */
export const jobMark = 'kc-job';

const common = shellConstants({ JOBS: jobsFolder, MARK: jobMark }) + readProgram(import.meta.url, './job.sh');

/** Starts a job unless it was started, and follows it. */
const followProgram =
  shellConstants({ WRAPPER: readProgram(import.meta.url, './job-wrapper.sh') }) +
  common +
  readProgram(import.meta.url, './job-follow.sh');

/** Kills the jobs of one script. */
const killProgram = common + readProgram(import.meta.url, './job-kill.sh');

/** As root, whoever logs in; one word for the login shell, so that it reads nothing in another way. */
function asRoot(program: string, words: readonly string[]): string {
  const command = quoteArgv(['sh', '-c', program, 'kc-job', ...words]);
  return `if [ "$(id -u)" = 0 ]; then exec ${command}; else exec sudo -n ${command}; fi`;
}

/** What a job is started with. */
export interface JobStart {
  readonly job: string;
  /** Name of the script as a resource: by it the job is found again to be killed. */
  readonly name: string;
  /** Name of the script under /tmp. */
  readonly file: string;
  /** Changes from run to run: within one a job is adopted, whatever it came to. */
  readonly run: string;
  readonly bytes: number;
  readonly when: 'once' | 'every-up';
  /** Bytes of the log that are known already. */
  readonly from: number;
}

/** The command that starts or adopts a job and follows it. */
export function followCommand({ job, name, file, run, bytes, when, from }: JobStart): string {
  return asRoot(followProgram, [job, file, run, String(bytes), when, String(from), name]);
}

/** The command that kills a script's jobs. */
export function killCommand(name: string): string {
  return asRoot(killProgram, [name]);
}
