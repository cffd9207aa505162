import { expect, test } from 'vitest';

import { stageTimes } from '../../src/api/stage-times.ts';
import type { RunEvent } from '../../src/ports/events.ts';

const event = (second: number, code: string, stage: string, batch: string): RunEvent => ({
  at: new Date(second * 1000).toISOString(),
  type: 'event',
  level: 'info',
  code,
  text: '',
  stage,
  data: { batch },
});

test('a stage takes from its first batch to its last, and rolling back is told apart', () => {
  const events = [
    event(0, 'batch-started', 'network', 'a'),
    event(1, 'batch-started', 'network', 'b'),
    event(2, 'batch-done', 'network', 'a'),
    event(4, 'batch-failed', 'network', 'b'),
    event(4, 'batch-started', 'start', 'c'),
    event(6, 'undo-started', 'network', 'a'),
    event(7, 'batch-done', 'network', 'a'),
  ];
  expect(stageTimes(events)).toEqual([
    { stage: 'network', verb: 'do', milliseconds: 4000 },
    { stage: 'start', verb: 'do', milliseconds: 0 },
    { stage: 'network', verb: 'undo', milliseconds: 1000 },
  ]);
});
