import { Failure } from '../../../model/failure.ts';
import type { OpOf } from '../../../model/transport/op.ts';
import { type Diagnosis, diagnose, type Rung, stalled } from './diagnosis.ts';
import { unlessAborted } from '../../deferred.ts';
import { finalRefusal, type Guest, hangUp, loggedIn } from './guest.ts';
import { Patience } from './patience.ts';

type ReadyOp = Extract<OpOf<'guest'>, { do: 'ready' }>;

/** A guest that refuses a key rarely changes its mind; cloud-init may still be writing it. */
const refusedSeconds = 30;

/** cloud-init's own wait, where there is a cloud-init; 0 = done, 2 = done with complaints, anything else = failed. */
const cloudInitCommand = `command -v cloud-init >/dev/null 2>&1 || exit 0
cloud-init status --wait >/dev/null 2>&1
code=$?
case $code in 0|2) exit 0;; esac
cloud-init status --long 2>&1 | tail -n 20 >&2
exit 1`;

/**
 * Brings one guest up the ladder as far as asked and writes down that it was, from when its host had room for it on.
 * Throws Failure when it stalls.
 */
export async function climb(guest: Guest, op: ReadyOp, onResumed: () => void): Promise<void> {
  const { batch, name, signs } = guest;
  batch.waiting.set(name, 'room');
  batch.report();
  if (signs) await unlessAborted(signs.resumed, batch.signal);
  onResumed();
  // No time counts before this: a paused guest makes no progress.
  await new Climb(guest, op).run();
}

class Climb {
  readonly #guest: Guest;
  readonly #op: ReadyOp;
  readonly #begin = Date.now();
  readonly #patience: Patience;
  #rung: Rung = 'running';

  constructor(guest: Guest, op: ReadyOp) {
    this.#guest = guest;
    this.#op = op;
    this.#patience = new Patience(guest.signs, {
      warn: (seconds) => void this.#diagnose().then((diagnosis) => this.#warn(seconds, diagnosis)),
      giveUp: (seconds) => this.#giveUp(seconds),
      hopeless: () => (guest.signs?.down === true ? this.#down() : undefined),
      budget: () => {
        const { noProgressSeconds } = op.goal;
        return finalRefusal(guest) ? Math.min(noProgressSeconds, refusedSeconds) : noProgressSeconds;
      },
    });
  }

  async run(): Promise<void> {
    const { batch, name } = this.#guest;
    const { goal, record } = this.#op;
    this.#reach('running');
    if (goal.until !== 'running') await this.#patience.during((signal) => this.#rungs(signal), batch.signal);
    await batch.records.write(record.mark.deployment, record, goal.domain);
    const seconds = this.#seconds();
    batch.context.emit({
      type: 'event',
      level: 'info',
      code: 'guest-ready',
      text: `guest ${name} is ready after ${seconds} s`,
      guest: name,
      data: { seconds, until: goal.until },
    });
  }

  async #rungs(signal: AbortSignal): Promise<void> {
    const { reach, until } = this.#op.goal;
    this.#guest.route = await this.#banner();
    this.#reach('banner');
    if (until === 'banner') return;
    await loggedIn(this.#guest, reach, signal);
    this.#reach('ssh');
    if (until === 'ssh') return;
    await this.#cloudInit(signal);
    this.#reach('cloud-init');
  }

  async #banner(): Promise<number> {
    const { signs } = this.#guest;
    const route = await signs!.banner;
    return route;
  }

  async #cloudInit(signal: AbortSignal): Promise<void> {
    const { name, batch } = this.#guest;
    for (;;) {
      let complaint = '';
      const session = await loggedIn(this.#guest, this.#op.goal.reach, signal);
      const onStderr = (chunk: Buffer): void => {
        complaint = (complaint + chunk.toString('utf8')).slice(-2000);
      };
      const { code } = await session.exec(cloudInitCommand, { onStderr });
      if (code === 0) return;
      if (code !== undefined) {
        const hint = 'look at /var/log/cloud-init-output.log in the guest';
        const data = { object: name, host: batch.host.name, hint, exitCode: code, stderr: complaint };
        throw new Failure({
          ...data,
          code: 'cloud-init-failed',
          class: 'permanent',
          message: `cloud-init failed in guest ${name}`,
        });
      }
      hangUp(this.#guest);
    }
  }

  #reach(rung: Rung): void {
    const { batch, name } = this.#guest;
    this.#rung = rung;
    this.#patience.progressed();
    batch.waiting.set(name, rung);
    batch.report();
    const seconds = this.#seconds();
    batch.context.emit({
      type: 'event',
      level: 'info',
      code: 'guest-rung',
      text: `guest ${name}: ${rung} after ${seconds} s`,
      guest: name,
      data: { rung, seconds },
    });
  }

  #seconds(): number {
    return Math.round((Date.now() - this.#begin) / 100) / 10;
  }

  /** Where it hangs: above the last rung it reached. */
  #where(): Rung {
    if (this.#rung === 'running' && this.#guest.signs?.linked === true) return 'link';
    return this.#rung === 'ssh' && this.#op.goal.until === 'cloud-init' ? 'cloud-init' : this.#rung;
  }

  #diagnose(): Promise<Diagnosis> {
    const { batch, name } = this.#guest;
    return diagnose(
      batch.runner,
      batch.host,
      `${batch.context.key}/console/${name}`,
      this.#op.goal.consoleLog,
      this.#where(),
    );
  }

  #warn(seconds: number, { cause, console }: Diagnosis): void {
    const { batch, name } = this.#guest;
    batch.context.emit({
      type: 'event',
      level: 'warn',
      code: 'guest-stalled',
      text: `guest ${name} makes no progress for ${seconds} s: ${finalRefusal(this.#guest)?.data.message ?? cause}`,
      guest: name,
      data: { rung: this.#where(), seconds, console },
    });
  }

  async #giveUp(seconds: number): Promise<Error> {
    const refusal = finalRefusal(this.#guest);
    const diagnosis = await this.#diagnose();
    this.#warn(seconds, diagnosis);
    return refusal ?? stalled(this.#guest.name, this.#guest.batch.host, seconds, diagnosis);
  }

  #down(): Error {
    const { name, batch } = this.#guest;
    const message = `guest ${name} stopped running while it was waited for`;
    const hint = `look at why: virsh -c qemu:///system domstate --reason ${this.#op.goal.domain}`;
    const data = { message, hint, object: name, host: batch.host.name };
    return new Failure({ ...data, code: 'guest-stalled', class: 'permanent' });
  }
}
