import type { BootParallelism } from '../model/admission.ts';
import { usage } from './usage.ts';

/** What `--boot-parallelism` says. */
export function bootParallelismOf(text: string): BootParallelism {
  if (text === 'all') return text;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 10_000) return number;
  throw usage(`--boot-parallelism ${text}: it must be a number of guests, or all`);
}
