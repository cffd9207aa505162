/** How long to pause between tries: from `firstMs`, doubled with every try that failed, up to `mostMs`. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/**
 * Milliseconds to wait after so many tries failed in a row (1 = the first). `jitter` from 0 to 1 decides between half of
 * the pause and all of it: many who lost the same thing at the same moment must not come back at the same moment.
 */
export function pauseAfter({ firstMs, mostMs }: Backoff, failures: number, jitter: number): number {
  const whole = Math.min(mostMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(whole * (0.5 + jitter / 2));
}
