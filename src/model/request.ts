import type { Ref } from './ref.ts';

/** What a person can ask of a thing now, beyond what the file says. */
export const verbNames = ['start', 'stop', 'restart', 'pause', 'resume', 'rebuild', 'rerun'] as const;

/** The name of a verb. Part of the plan's public JSON shape. */
export type VerbName = (typeof verbNames)[number];

/** A verb asked of one resource. */
export interface Request {
  readonly verb: VerbName;
  readonly ref: Ref;
  /** Who asks. */
  readonly by: string;
  /** ISO time. */
  readonly at: string;
  /** Unique to the run that asks: a second run of one operation is the same operation, a second request is not. */
  readonly id: string;
  /** How long a guest may take to power itself off before it is powered off; 0 = at once. */
  readonly stopSeconds?: number;
}

/** That a person had a guest stopped or paused; true until somebody starts it again. */
export interface Asked {
  readonly state: 'off' | 'paused';
  readonly by: string;
  /** ISO time. */
  readonly at: string;
}

/** `stopped by ann at 2026-11-28 14:31 UTC`. */
export function askedText({ state, by, at }: Asked): string {
  return `${state === 'off' ? 'stopped' : 'paused'} by ${by} at ${at.slice(0, 16).replace('T', ' ')} UTC`;
}
