import type { EventFrame } from '../../api/answers/frame.ts';
import type { Output } from '../world.ts';
import { eventLine } from './line.ts';
import type { Progress } from './progress.ts';

/** Without a terminal counters would drown the rest: one of a batch at most this often. */
const counterEveryMs = 10_000;

/** One line per event, for logs and pipes. */
export function plainProgress(stderr: Output, color: boolean): Progress {
  let startedAt: number | undefined;
  const lastShown = new Map<string, number>();
  const isWorthALine = (frame: EventFrame, at: number): boolean => {
    const batch = `${frame.stage} ${frame.host}`;
    if (frame.type !== 'progress') {
      if (frame.code === 'batch-started') lastShown.set(batch, at);
      // How it ended is said at the end, by whoever knows the result.
      return frame.level !== 'debug' && frame.code !== 'run-ended';
    }
    if (at - (lastShown.get(batch) ?? 0) < counterEveryMs) return false;
    lastShown.set(batch, at);
    return true;
  };
  return {
    started: () => undefined,
    event: (frame) => {
      const at = Date.parse(frame.at);
      startedAt ??= at;
      if (isWorthALine(frame, at)) stderr.write(`${eventLine(frame, startedAt, color)}\n`);
    },
    note: (text) => void stderr.write(`${text}\n`),
    end: () => undefined,
  };
}
