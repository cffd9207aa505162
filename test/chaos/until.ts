import { setTimeout as pause } from 'node:timers/promises';

/** Waits for a condition; what it gave once it gave something. Fails, naming what was waited for, after so long. */
export async function until<T>(
  what: string,
  patienceMs: number,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${patienceMs / 1000} s in vain until ${what}`);
    await pause(10);
  }
}
