import { setTimeout as sleep } from 'node:timers/promises';
import type { GuestSigns } from './watch.ts';

const checkMs = 1000;
/** Signs of life count for so many budgets: a guest that reboots for ever prints for ever. */
const budgets = 10;

/** What to do when a guest makes no progress; both are given the seconds without any. */
export interface Stall {
  /** Half of the budget is gone. */
  warn(seconds: number): void;
  /** All of it: the error to give up with. */
  giveUp(seconds: number): Promise<Error>;
  /** Checked all the time: an error that makes waiting pointless. */
  hopeless(): Error | undefined;
  /** Seconds without progress that are allowed now. */
  budget(): number;
}

/** Waits for work as long as the guest makes progress of its own. */
export class Patience {
  #since = Date.now();
  readonly #begin = Date.now();
  #seen = 0;
  #warned = false;
  readonly #signs: GuestSigns | undefined;
  readonly #stall: Stall;

  constructor(signs: GuestSigns | undefined, stall: Stall) {
    this.#signs = signs;
    this.#stall = stall;
  }

  /** The guest did something that cannot be seen from outside. */
  progressed(): void {
    this.#since = Date.now();
    this.#warned = false;
  }

  /** The work's result, or the error of a guest that stalled meanwhile; `end` is aborted then. */
  async during<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const end = new AbortController();
    const both = AbortSignal.any([signal, end.signal]);
    try {
      return await Promise.race([work(both), this.#stalled(both)]);
    } finally {
      end.abort(new Error('no longer waited for'));
    }
  }

  async #stalled(signal: AbortSignal): Promise<never> {
    for (;;) {
      await sleep(checkMs, undefined, { signal });
      const hopeless = this.#stall.hopeless();
      if (hopeless) throw hopeless;
      const now = Date.now();
      const budget = this.#stall.budget();
      if (this.#signs && this.#signs.progress !== this.#seen && now - this.#begin < budgets * budget * 1000) {
        this.#seen = this.#signs.progress;
        this.progressed();
      }
      const seconds = Math.round((now - this.#since) / 1000);
      if (seconds >= budget) throw await this.#stall.giveUp(seconds);
      if (seconds >= budget / 2 && !this.#warned) this.#stall.warn(seconds);
      this.#warned ||= seconds >= budget / 2;
    }
  }
}
