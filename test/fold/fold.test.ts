import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../src/fold/fold.ts';
import { rowKey } from '../../src/fold/fold-rows.ts';
import { emptyView, type FoldEvent, type RunView } from '../../src/fold/run-view.ts';
import { anyLog, numbered } from './events.ts';

const viewOf = (events: readonly FoldEvent[], from: RunView = emptyView): RunView => events.reduce(fold, from);
const told = (...events: readonly (Partial<FoldEvent> & { readonly code: string })[]): RunView =>
  viewOf(numbered(events));

const network = { stage: 'network', host: 'main' } as const;
const started = { code: 'batch-started', text: 'create 3 ports', ...network, data: { batch: 'ovn.main.0', items: 3 } };
const done = { code: 'batch-done', ...network, data: { batch: 'ovn.main.0' } };
const failed = { code: 'batch-failed', ...network, data: { batch: 'ovn.main.0' } };
const undoing = { code: 'undo-started', ...network, data: { batch: 'ovn.main.0', items: 3, verb: 'undo' } };
const doing = rowKey('do', 'network', 'main');
const rollingBack = rowKey('undo', 'network', 'main');

describe('a view', () => {
  test('told in pieces is the view told at once', () => {
    fc.assert(
      fc.property(anyLog, fc.nat(60), (log, cut) => {
        expect(viewOf(log.slice(cut), viewOf(log.slice(0, cut)))).toEqual(viewOf(log));
      }),
    );
  });

  test('is not changed by what is told twice, as after a lost connection', () => {
    fc.assert(
      fc.property(anyLog, fc.nat(60), fc.nat(60), (log, to, from) => {
        const again = [...log.slice(0, to), ...log.slice(Math.min(from, to))];
        expect(viewOf(again)).toEqual(viewOf(log));
        const whole = viewOf(log);
        expect(viewOf(log, whole)).toBe(whole);
      }),
    );
  });

  test('is never written into: what a screen holds stays as it was', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        let view = emptyView;
        for (const event of log) {
          const copy = structuredClone(view);
          const next = fold(view, event);
          expect(view).toEqual(copy);
          view = next;
        }
      }),
    );
  });

  test('of a run that has ended has nothing in work, asks nothing, and no row goes on', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const [last] = numbered([{ code: 'run-ended' }]);
        const view = viewOf([...log, { ...last!, seq: log.length + 1 }]);
        expect(view.phase).toBe('ended');
        expect(view.lanes.size).toBe(0);
        expect(view.questions).toEqual([]);
        expect([...view.rows.values()].filter((row) => row.endedAt === undefined)).toEqual([]);
      }),
    );
  });

  test('of every lane knows the row it is in', () => {
    fc.assert(
      fc.property(anyLog, (log) => {
        const { lanes, rows } = viewOf(log);
        for (const { row, batch } of lanes.values()) expect(rows.get(row)?.batches.has(batch)).toBe(true);
      }),
    );
  });
});

describe('a row', () => {
  test('runs from its first batch to its last', () => {
    const second = { ...started, data: { batch: 'ovn.main.1', items: 2 } };
    const open = told({ code: 'run-started' }, { code: 'run-planned' }, started, second, done).rows.get(doing);
    expect(open).toMatchObject({ state: 'running', stage: 'network', host: 'main' });
    expect(open?.endedAt).toBeUndefined();
    expect([...open!.batches.values()]).toEqual([
      { items: 3, done: 3, ended: true },
      { items: 2, done: 0, ended: false },
    ]);
    const closed = told(started, second, done, { ...done, data: { batch: 'ovn.main.1' } }).rows.get(doing);
    expect(closed).toMatchObject({ state: 'done' });
    expect(closed!.endedAt! - closed!.startedAt).toBe(3000);
  });

  test('that failed stays failed, whatever its other batches do', () => {
    const second = { ...started, data: { batch: 'ovn.main.1', items: 2 } };
    const view = told(started, second, failed, { ...done, data: { batch: 'ovn.main.1' } });
    expect(view.rows.get(doing)?.state).toBe('failed');
  });

  test('of work that is rolled back is another than that of doing it, which is stopped', () => {
    const { rows, phase } = told(started, undoing);
    expect(phase).toBe('undoing');
    expect(rows.get(doing)?.state).toBe('stopped');
    expect(rows.get(rollingBack)?.state).toBe('running');
  });

  test('says what it waits for until that is over', () => {
    const progress = { code: 'progress', ...network, data: { batch: 'ovn.main.0', done: 1, of: 3 } };
    const waiting = told(started, { ...progress, text: '1 of 3, waiting for web: OVN to install its ports' });
    expect(waiting.rows.get(doing)).toMatchObject({ note: 'waiting for web: OVN to install its ports' });
    const going = told(started, { ...progress, text: '1 of 3, waiting for web' }, { ...progress, text: '1 of 3' });
    expect(going.rows.get(doing)).not.toHaveProperty('note');
    expect(told(started, { ...progress, text: '1 of 3, waiting for web' }, done).rows.get(doing)).not.toHaveProperty(
      'note',
    );
  });
});

describe('a lane', () => {
  test('is there while its batch is in work, and counts attempts', () => {
    const retry = { ...started, code: 'batch-retry', text: 'attempt 2: create 3 ports' };
    expect(told(started, retry).lanes.get('ovn.main.0')).toMatchObject({ attempt: 2, row: doing });
    expect(told(started, retry, done).lanes.size).toBe(0);
  });

  test('is known to a client that came after its batch had begun', () => {
    const retry = { ...undoing, code: 'batch-retry', text: 'attempt 2' };
    expect(told(retry).lanes.get('ovn.main.0')).toMatchObject({ row: rollingBack });
  });
});

describe('questions', () => {
  const ask = (batch: string) =>
    ({ code: 'decision-asked', level: 'warn', host: 'h2', text: `${batch} failed`, data: { batch } }) as const;

  test('are open from asking to answering, the oldest first', () => {
    const made = { code: 'decision-made', data: { batches: ['a', 'c'] } };
    expect(told(ask('a'), ask('b'), ask('c')).questions.map(({ batch }) => batch)).toEqual(['a', 'b', 'c']);
    expect(told(ask('a'), ask('b'), ask('c'), made).questions).toMatchObject([{ batch: 'b', host: 'h2' }]);
  });

  test('that are asked again are asked once', () => {
    expect(told(ask('a'), ask('b'), ask('a')).questions.map(({ batch }) => batch)).toEqual(['b', 'a']);
  });

  test('are gone when the run rolls back', () => {
    expect(told(started, ask('ovn.main.0'), undoing).questions).toEqual([]);
  });
});

test('guests climb, stall, climb on and are ready; a script is told beside it', () => {
  const rung = { code: 'guest-rung', guest: 'web', data: { rung: 'ssh', seconds: 4.2 } };
  const stalled = { code: 'guest-stalled', guest: 'web', level: 'warn', data: { rung: 'ssh' } } as const;
  const ready = { code: 'guest-ready', guest: 'web', data: { seconds: 9 } };
  expect(told(rung).guests.get('web')).toEqual({ state: 'climbing', rung: 'ssh', seconds: 4.2 });
  expect(told(rung, stalled).guests.get('web')).toMatchObject({ state: 'stalled', rung: 'ssh' });
  const both = told(rung, stalled, ready, { code: 'script-started', guest: 'web' });
  expect(both.guests.get('web')).toEqual({ state: 'ready', rung: 'ssh', seconds: 9, script: 'running' });
});

test('items are counted by what became of them', () => {
  const view = told(
    { code: 'item-done' },
    { code: 'item-done' },
    { code: 'item-failed', level: 'error' },
    { code: 'item-skipped', level: 'warn' },
    { code: 'undo-done' },
    { code: 'undo-failed', level: 'warn' },
    { code: 'host-silent', level: 'warn' },
  );
  expect(view.counts).toEqual({ done: 2, failed: 1, skipped: 1, undone: 1, leftOver: 1, warnings: 1 });
});

test('a log of 2,000 guests is folded well within the time it takes to print it', () => {
  const hosts = Array.from({ length: 50 }, (_, n) => `h${n}`);
  const log = numbered(
    hosts.flatMap((host) =>
      Array.from({ length: 8 }, (_, n) => ({
        stage: 'start',
        host,
        data: { batch: `${host}.${n}`, items: 25 },
      })).flatMap((batch) => [
        { code: 'batch-started', ...batch },
        ...Array.from({ length: 25 }, () => ({ code: 'item-done', stage: 'start', host })),
        ...Array.from({ length: 25 }, (_, n) => ({
          code: 'progress',
          ...batch,
          text: `${n} of 25`,
          data: { ...batch.data, done: n, of: 25 },
        })),
      ]),
    ),
  );
  // Of the processor's time: others may be at work on this machine.
  const before = process.cpuUsage();
  expect(viewOf(log).lanes.size).toBe(400);
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(1500);
});
