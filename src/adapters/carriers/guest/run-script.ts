import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Failure } from '../../../model/failure.ts';
import type { Script } from '../../../model/resources.ts';
import type { OpOf } from '../../../model/transport/op.ts';
import { stalled } from './diagnosis.ts';
import { type JobEnd, JobFollower } from './follow-job.ts';
import { finalRefusal, type Guest, hangUp, loggedIn } from './guest.ts';
import { killCommand } from './job-program.ts';
import { Patience } from './patience.ts';
import { printable } from './printable.ts';

type ScriptOp = Extract<OpOf<'guest'>, { do: 'script' }>;

/** A guest that does not let us in for so long, while its script runs, is given up; a reboot takes less. */
const unreachableSeconds = 120;
/** How long a script is given to be killed when the run is cancelled. */
const killMs = 20_000;

/** Runs a script once, however many connections and workers it takes, and writes down that it ended well. */
export async function runScript(guest: Guest, op: ScriptOp): Promise<'done' | 'already'> {
  const { batch, name } = guest;
  const { goal, record } = op;
  const script = await scriptText(goal);
  await batch.records.write(record.mark.deployment, record);
  const follower = newFollower(guest, op, script);
  batch.waiting.set(name, 'script');
  batch.report();
  let end: JobEnd;
  do {
    end = await followOnce(guest, op, follower);
  } while (end.how === 'lost' || end.how === 'cut');
  hangUpWhenLost(guest, end);
  if (end.how === 'already') {
    await batch.records.write(record.mark.deployment, record, goal.domain);
    return 'already';
  }
  if (end.how !== 'ended' || end.code !== '0') throw failureOfEnd(guest, goal, end, follower);
  await batch.records.write(record.mark.deployment, record, goal.domain);
  emit(guest, 'script-done', `script ${goal.file} ended in guest ${name}`);
  return 'done';
}

/** Kills a script's job with everything it started; gives up silently when the guest does not answer in time. */
export async function killScript(guest: Guest, goal: Script, milliseconds = killMs): Promise<void> {
  const signal = AbortSignal.timeout(milliseconds);
  try {
    const session = await loggedIn(guest, goal.reach, signal);
    const late = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([session.exec(killCommand(goal.name)), late]);
  } catch {
    // What a guest that cannot be reached does is nobody's to stop; its removal does it.
  } finally {
    hangUp(guest);
  }
}

async function followOnce(guest: Guest, op: ScriptOp, follower: JobFollower): Promise<JobEnd> {
  const { batch } = guest;
  const session = await patienceWith(guest).during((signal) => loggedIn(guest, op.goal.reach, signal), batch.signal);
  const stopped = new Promise<'stopped'>((resolve) => {
    if (batch.signal.aborted) resolve('stopped');
    else batch.signal.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  const end = await Promise.race([follower.follow(session), stopped]);
  if (end === 'stopped') {
    // A worker that shuts down leaves the job: its successor adopts it.
    if (batch.context.cancelRequested()) await killScript(guest, op.goal);
    batch.signal.throwIfAborted();
    throw new Error('unreachable: stopped without a reason');
  }
  if (end.how === 'lost' || end.how === 'cut') hangUp(guest);
  return end;
}

function patienceWith(guest: Guest): Patience {
  const { batch, name } = guest;
  const unknown = { cause: 'it does not answer over ssh', console: [] };
  return new Patience(guest.signs, {
    warn: () => undefined,
    giveUp: async (seconds) => finalRefusal(guest) ?? stalled(name, batch.host, seconds, unknown),
    hopeless: () => undefined,
    budget: () => unreachableSeconds,
  });
}

function newFollower(guest: Guest, op: ScriptOp, script: Buffer): JobFollower {
  const { goal, job } = op;
  const { name } = guest;
  const run = createHash('sha256').update(guest.batch.context.key).digest('hex').slice(0, 24);
  const start = { job, name: goal.name, file: goal.file, run, bytes: script.length, when: goal.when };
  return new JobFollower(start, script, {
    onBegin(how) {
      const text = how === 'started' ? 'started' : 'was started before and is followed';
      emit(
        guest,
        how === 'started' ? 'script-started' : 'script-adopted',
        `script ${goal.file} ${text} in guest ${name}`,
      );
    },
    heard: async () => (await guest.batch.context.linesHeard?.(name, goal.file)) ?? 0,
    onLine(line, number) {
      guest.batch.context.emit({
        type: 'log',
        level: 'info',
        code: 'script-output',
        text: printable(line),
        guest: name,
        // By its number a worker that adopts the job knows what was told before.
        data: { script: goal.file, line: number },
      });
    },
  });
}

/** What the plan was made from, or nothing: a script edited since is not what was agreed to. */
async function scriptText({ script, guest, file }: Script): Promise<Buffer> {
  const text = await readFile(script.source).catch((cause: unknown) => {
    const message = `script ${script.source} cannot be read: ${(cause as Error).message}`;
    throw new Failure({ code: 'file-missing', class: 'permanent', message, object: script.source }, { cause });
  });
  if (createHash('sha256').update(text).digest('hex') === script.sha256) return text;
  const message = `script ${file} of guest ${guest ?? '?'} was changed after the plan was made`;
  throw new Failure({
    code: 'file-unreadable',
    class: 'plan',
    message,
    object: script.source,
    hint: 'run the command again',
  });
}

function failureOfEnd(guest: Guest, goal: Script, end: JobEnd, follower: JobFollower): Failure {
  const { name, batch } = guest;
  const base = { class: 'permanent', object: name, host: batch.host.name } as const;
  const what = `script ${goal.file} in guest ${name}`;
  const stderr = follower.lastLines.map(printable).join('\n');
  if (end.how === 'interrupted') {
    const hint = 'look at what it left undone; the next up runs it again from its start';
    return new Failure({
      ...base,
      code: 'script-interrupted',
      message: `${what} never ended: the guest was rebooted or the script killed`,
      hint,
      stderr,
    });
  }
  if (end.how !== 'ended') {
    const message = `${what} could not be started: ${end.how === 'refused' ? end.why : end.how}`;
    const hint = `user ${goal.reach.user} must be root or able to use sudo without a password, and the disk must have space`;
    return new Failure({ ...base, code: 'script-failed', message, hint, stderr });
  }
  if (end.code === 'cancelled') return new Failure({ ...base, code: 'cancelled', message: `${what} was cancelled` });
  const hint = 'its output is in the events of this run; the next up runs it again';
  const exitCode = Number(end.code);
  return new Failure({
    ...base,
    code: 'script-failed',
    message: `${what} ended with exit code ${end.code}`,
    exitCode,
    hint,
    stderr,
  });
}

function hangUpWhenLost(guest: Guest, end: JobEnd): void {
  if (end.how !== 'ended' && end.how !== 'already') hangUp(guest);
}

function emit(guest: Guest, code: 'script-started' | 'script-adopted' | 'script-done', text: string): void {
  guest.batch.context.emit({ type: 'event', level: 'info', code, text, guest: guest.name });
}
