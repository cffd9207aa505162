import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import type { EventLog, NumberedEvent, RunEvent } from '../../../src/ports/events.ts';
import type { Forgetful } from '../../../src/ports/store.ts';

/** One log that may be opened several times, as several processes do. */
export interface LogUnderTest<Log extends EventLog = EventLog> {
  open(): Promise<Log>;
  /** Closes all that were opened, and forgets the events. */
  remove(): Promise<void>;
}

/** An event of this moment. */
export function event(text: string, more: Partial<RunEvent> = {}): RunEvent {
  return { at: new Date().toISOString(), type: 'event', level: 'info', code: 'progress', text, ...more };
}

/** Follows a run until enough events came. */
export async function take(log: EventLog, run: string, after: number, count: number): Promise<NumberedEvent[]> {
  const events: NumberedEvent[] = [];
  for await (const each of log.follow(run, after, AbortSignal.timeout(8000))) {
    events.push(each);
    if (events.length === count) break;
  }
  return events;
}

/** Their numbers. */
export function numbers(events: readonly NumberedEvent[]): number[] {
  return events.map(({ seq }) => seq);
}

const texts = (events: readonly NumberedEvent[]): [number, string][] => events.map(({ seq, text }) => [seq, text]);

/** What every event log promises, whatever it is made of. */
export function eventLogContract(name: string, prepare: () => Promise<LogUnderTest>): void {
  let under: LogUnderTest;
  let log: EventLog;

  beforeEach(async () => {
    under = await prepare();
    log = await under.open();
  });
  afterEach(() => under.remove());

  describe(name, () => {
    test('numbers events from one in the order they were appended', async () => {
      await Promise.all([log.append('r', [event('a'), event('b')]), log.append('r', [event('c')])]);
      expect(texts(await log.read('r', 0, 10))).toEqual([
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ]);
      expect(numbers(await log.read('r', 1, 1))).toEqual([2]);
    });

    test('knows the last line of a script, and reads on from there', async () => {
      const line = (guest: string, script: string, n: number): RunEvent =>
        event('out', { type: 'log', code: 'script-output', guest, data: { script, line: n } });
      expect(await log.lastScriptLine('r', 'web', 'a.sh')).toBe(0);
      await log.append('r', [
        line('web', 'a.sh', 1),
        line('web', 'b.sh', 7),
        line('db', 'a.sh', 5),
        line('web', 'a.sh', 2),
      ]);
      await log.append('r', [event('"code":"script-output" \u0000 "guest":"web" "script":"a.sh"'), event('x')]);
      expect(await log.lastScriptLine('r', 'web', 'a.sh')).toBe(2);
      expect(await log.lastScriptLine('r', 'db', 'a.sh')).toBe(5);
      expect(await log.lastScriptLine('r', 'web', 'c.sh')).toBe(0);
      expect(await log.lastScriptLine('other', 'web', 'a.sh')).toBe(0);
      // One that is cut because it is too long keeps its number.
      await log.append('r', [{ ...line('web', 'a.sh', 3), text: 'y'.repeat(20_000) }, line('web', 'c.sh', 1)]);
      expect(await log.lastScriptLine('r', 'web', 'a.sh')).toBe(3);
      expect(await log.lastScriptLine('r', 'web', 'c.sh')).toBe(1);
      expect(await (await under.open()).lastScriptLine('r', 'web', 'a.sh')).toBe(3);
    });

    test('gives back what it was given', async () => {
      const full = event('é \u0000 \n "quoted" \ud83d\ude00', {
        type: 'log',
        level: 'warn',
        stage: 's',
        host: 'h',
        guest: 'g',
        data: { n: 1, deep: { list: [1, null] } },
        source: { activity: 'do:a', attempt: 2 },
      });
      await log.append('r', [full]);
      expect(await log.read('r', 0, 10)).toEqual([{ ...full, seq: 1 }]);
    });

    test('keeps runs apart', async () => {
      await Promise.all([log.append('a', [event('of a')]), log.append('../b', [event('of b')])]);
      expect(texts(await log.read('a', 0, 10))).toEqual([[1, 'of a']]);
      expect(texts(await log.read('../b', 0, 10))).toEqual([[1, 'of b']]);
      expect(await log.read('nobody', 0, 10)).toEqual([]);
    });

    test('makes everything appended readable with flush, for others too', async () => {
      for (let n = 0; n < 100; n += 1) void log.append('r', [event(`${n}`)]);
      await log.flush();
      const found = await (await under.open()).read('r', 0, 1000);
      expect(found.map(({ text }) => text)).toEqual(Array.from({ length: 100 }, (_, n) => `${n}`));
    });

    test('reads any place of a long run', async () => {
      const many = Array.from({ length: 6000 }, (_, n) => event(`line ${n + 1} ${'é'.repeat(50)}`));
      await log.append('r', many);
      for (const after of [0, 5990, 17, 2500, 499, 500, 501, 5999, 6000]) {
        const [next] = await log.read('r', after, 5);
        expect(next?.text.split(' ')[1]).toBe(after === 6000 ? undefined : `${after + 1}`);
        expect(next?.seq).toBe(after === 6000 ? undefined : after + 1);
      }
    });

    test('follows what was and what comes, whoever appends it', async () => {
      await log.append('r', [event('a'), event('b')]);
      const following = take(await under.open(), 'r', 1, 3);
      await log.append('r', [event('c')]);
      await log.append('r', [event('d')]);
      expect(texts(await following)).toEqual([
        [2, 'b'],
        [3, 'c'],
        [4, 'd'],
      ]);
    });

    test('follows a run before its first event', async () => {
      const following = take(log, 'later', 0, 1);
      await (await under.open()).append('later', [event('first')]);
      expect(numbers(await following)).toEqual([1]);
    });

    test('stops following when told to', async () => {
      const end = new AbortController();
      const next = log.follow('r', 0, end.signal)[Symbol.asyncIterator]().next();
      end.abort();
      expect((await next).done).toBe(true);
    });

    test('shows every follower every event once, in order, without a gap', async () => {
      const followers = await Promise.all(Array.from({ length: 3 }, () => under.open()));
      const following = followers.map((each) => take(each, 'r', 0, 300));
      for (let n = 0; n < 100; n += 1) await log.append('r', [event('a'), event('b'), event('c')]);
      for (const observed of await Promise.all(following)) {
        expect(numbers(observed)).toEqual(Array.from({ length: 300 }, (_, n) => n + 1));
      }
    });
  });
}

/** What a log on a disk promises besides: it does not grow for ever. */
export function forgettingLogContract(name: string, prepare: () => Promise<LogUnderTest<EventLog & Forgetful>>): void {
  test(`${name} forgets runs whose last event is old, apart from those under way`, async () => {
    const under = await prepare();
    onTestFinished(() => under.remove());
    const log = await under.open();
    for (const run of ['old', 'waits']) await log.append(run, [event('a'), event('b')]);
    await log.flush();
    const keep = { runs: new Set(['waits']), plans: new Set<string>() };
    expect(await log.dropBefore(new Date(Date.now() - 60_000), keep)).toBe(0);
    expect(await log.dropBefore(new Date(Date.now() + 60_000), keep)).toBe(1);
    expect(await log.read('old', 0, 10)).toEqual([]);
    expect(numbers(await log.read('waits', 0, 10))).toEqual([1, 2]);
  });
}
