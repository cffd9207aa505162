/**
 * Temporal's `Duration` is `StringValue` of `ms`, but that package's exports map hides its declarations under
 * nodenext, and `skipLibCheck` then makes every duration silently `any`. Only these spellings are wanted here.
 */
declare module 'ms' {
  type Unit = 'ms' | 's' | 'm' | 'h' | 'd';
  export type StringValue = `${number}${Unit}` | `${number} ${'second' | 'minute' | 'hour' | 'day'}${'' | 's'}`;
}
