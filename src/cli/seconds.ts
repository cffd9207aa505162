import { usage } from './usage.ts';

/** A number of seconds as an option gave it. Throws Failure `usage` for anything else, or more than a day. */
export function secondsOf(option: string, text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= 86_400) return seconds;
  throw usage(`${option} ${text}: it must be a number of seconds, up to a day`);
}
