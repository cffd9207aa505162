import { expect, test } from 'vitest';
import { renderRows } from '../../src/cli/render/live.ts';
import { fold } from '../../src/fold/fold.ts';
import { emptyView, type FoldEvent } from '../../src/fold/run-view.ts';

const began = Date.parse('2026-01-01T00:00:00.000Z');

/** The rows after events, `at` seconds after the run began, in a room of so many lines. */
function screen(events: readonly (Partial<FoldEvent> & { code: string; at?: never })[], room = 10): string {
  const told = events.map((event, n): FoldEvent => {
    const at = new Date(began + n * 1000).toISOString();
    return { seq: n + 1, level: 'info', text: '', ...event, at };
  });
  const { rows } = told.reduce(fold, emptyView);
  return renderRows([...rows.values()], began + events.length * 1000, '*', room, false);
}

const started = { code: 'run-started' };
const planned = { code: 'run-planned' };
const files = { stage: 'distribute', host: 'h2' } as const;
const batch = { code: 'batch-started', ...files, data: { batch: 'files.h2.0', items: 3 } };
const push = { code: 'push-progress', ...files, data: { sha256: 'a'.repeat(64), sent: 2 ** 29, size: 2 ** 30 } };

test('an image on its way shows how much of it is there, until its batch has ended', () => {
  expect(screen([started, planned, batch, push])).toBe(
    '✓ reading the project and asking the hosts 1.0s\n* distribute on h2 0/3 2.0s waiting for image aaaaaaaaaaaa: 512 of 1024 MiB',
  );
  const done = { code: 'batch-done', ...files, data: { batch: 'files.h2.0' } };
  expect(screen([started, planned, batch, push, done])).toBe(
    '✓ reading the project and asking the hosts 1.0s\n✓ distribute on h2 3/3 2.0s',
  );
});

test('an image being pulled shows how much of it is there, until it is there', () => {
  const pull = { code: 'pull-progress', text: 'image tiny: 3 of 600 MiB' };
  const shown = 'reading the project and asking the hosts';
  expect(screen([started, pull])).toBe(`* ${shown} 2.0s waiting for image tiny: 3 of 600 MiB`);
  expect(screen([started, pull, { code: 'image-pulled' }])).toBe(`* ${shown} 3.0s`);
});

test('a small screen keeps what runs, and the last of what has ended', () => {
  expect(screen([started, planned, batch], 1)).toBe('* distribute on h2 0/3 1.0s');
});

test('what is stopped is not shown as done', () => {
  expect(screen([started, planned, batch, { code: 'run-ended' }])).toContain('■ distribute on h2 0/3');
});
