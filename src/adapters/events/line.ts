import type { NumberedEvent, RunEvent } from '../../ports/events.ts';

/** Longest line in bytes, newline included: clients' limits and a page of memory. */
const lineLimit = 8 * 1024;
/** Longest text kept when a line is too long; with JSON escapes it still fits. */
const textLimit = 1000;

/** An event as its line; what is too long is cut and says so. */
export function lineOf(event: RunEvent): string {
  const line = `${JSON.stringify(event)}\n`;
  // Three bytes is the most one UTF-16 unit takes, so short lines need no counting.
  if (line.length * 3 <= lineLimit || Buffer.byteLength(line) <= lineLimit) return line;
  const { data = {}, ...rest } = event;
  const text = event.text.length > textLimit ? `${event.text.slice(0, textLimit)}… (cut)` : event.text;
  return `${JSON.stringify({ ...rest, text, data: { ...shortOf(data), cut: true } })}\n`;
}

/** What is short stays, such as the number of a script's line: who adopts the script goes by it. */
function shortOf(data: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const isShort = (value: unknown): boolean =>
    typeof value === 'number' || (typeof value === 'string' && value.length <= 200);
  return Object.fromEntries(
    Object.entries(data)
      .filter(([, value]) => isShort(value))
      .slice(0, 10),
  );
}

/** A line as its event. A damaged one keeps its number and says that something is missing there. */
export function eventOf(line: string, seq: number): NumberedEvent {
  try {
    return { ...(JSON.parse(line) as RunEvent), seq };
  } catch {
    const text = 'an event is missing here: its writer died while writing it';
    return { at: new Date(0).toISOString(), type: 'event', level: 'warn', code: 'event-lost', text, seq };
  }
}
