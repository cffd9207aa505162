import type { RunEvent } from '../ports/events.ts';
import type { StageTime } from './answers/run.ts';

const starts = new Set(['batch-started', 'batch-retry', 'undo-started']);
const ends = new Set(['batch-done', 'batch-failed']);

/** Stages in the order in which they began. A batch that never ended counts as far as the log goes. */
export function stageTimes(events: readonly RunEvent[]): StageTime[] {
  const spans = new Map<string, { stage: string; verb: 'do' | 'undo'; from: number; to: number }>();
  const undone = new Set<string>();
  for (const { code, stage, data, at } of events) {
    if (stage === undefined || !(starts.has(code) || ends.has(code))) continue;
    const batch = String(data?.['batch']);
    if (code === 'undo-started' || data?.['verb'] === 'undo') undone.add(batch);
    const verb = undone.has(batch) ? 'undo' : 'do';
    const time = Date.parse(at);
    const span = spans.get(`${verb} ${stage}`);
    if (span) span.to = Math.max(span.to, time);
    else spans.set(`${verb} ${stage}`, { stage, verb, from: time, to: time });
  }
  return [...spans.values()].map(({ stage, verb, from, to }) => ({ stage, verb, milliseconds: to - from }));
}
