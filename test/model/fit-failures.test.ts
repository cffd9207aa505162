import { expect, test } from 'vitest';

import { reportOf, tellOutcomes } from '../../src/activities/report-batch.ts';
import { fitFailures, jsonBytes } from '../../src/model/fit-failures.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { Batch } from '../../src/model/plan.ts';
import { enterReport, newLedger } from '../../src/workflows/ledger.ts';
import { outcomeOf } from '../../src/workflows/outcome.ts';

const payload = 64 * 1024;
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
const nothing = { tried: [], skipped: [], irreversible: [], causes: new Map() };

/** Two UTF-16 units each and four bytes, so that a cut in the wrong place shows. */
const emoji = '💾';

function failing(count: number, text: string): Outcome[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `create disk:laboratory-guest-${n}`,
    status: 'failed',
    failure: { code: 'disk-failed', class: 'permanent', message: `${n}: ${text}`, host: 'h1', stderr: text },
  }));
}

test.each([
  ['plain text', 'x'.repeat(4096)],
  ['characters of four bytes', emoji.repeat(1024)],
  ['what JSON escapes', '\u0001"\\'.repeat(1365)],
])('25 failures with 4 KB of stderr fit a payload, all of them named: %s', (_name, text) => {
  const report = reportOf(failing(25, text), nothing);
  expect(bytesOf(report)).toBeLessThan(payload);
  expect(report.failed).toHaveLength(25);
  expect(report.failed[0]!.failure.stderr).toBeDefined();
  expect(report.failed[24]!.failure).toMatchObject({ code: 'disk-failed', host: 'h1' });
  // A half of a pair would be no text at all.
  for (const { failure } of report.failed)
    expect(failure.message + (failure.stderr ?? '')).not.toMatch(/\p{Surrogate}/u);
  const ledger = newLedger();
  enterReport(ledger, 0, report);
  expect(ledger.failures).toHaveLength(25);
  const leftovers = ledger.failures.map(({ item }) => ({ item, why: text }));
  const outcome = outcomeOf(undefined, ledger, 'failed', { leftovers });
  expect(bytesOf(outcome)).toBeLessThan(payload);
  expect(outcome.failures).toHaveLength(25);
});

test('of more than there is room for every name stays, and counts as failed', () => {
  const outcomes = failing(700, 'it was refused '.repeat(20));
  const report = reportOf(outcomes, nothing);
  expect(bytesOf(report)).toBeLessThan(payload);
  const ledger = newLedger();
  enterReport(ledger, 3, report);
  expect(ledger.failures).toHaveLength(700);
  expect(ledger.shortfalls.get(3)!.items).toEqual(outcomes.map(({ id }) => id));
});

test('one failure is told in full when it can be, and its end and its first findings when not', () => {
  const full = {
    item: 'x',
    failure: { code: 'c', class: 'permanent', message: 'm', stderr: 'e'.repeat(8000) },
  } as const;
  expect(fitFailures([full], 10_000).told).toEqual([full]);
  const [cut] = fitFailures([full], 4000).told;
  expect(cut!.failure.stderr).toBe('e'.repeat(1500));
});

test('the event log has all of every failure', () => {
  const outcomes = failing(25, 'y'.repeat(4096));
  const said: string[] = [];
  const batch = { id: 'b', stage: 'start', host: 'h1', summary: 's', items: [] } as unknown as Batch;
  tellOutcomes(batch, 'do', outcomes, { report: reportOf(outcomes, nothing), causes: new Map() }, ({ code, data }) => {
    if (code === 'item-failed') said.push(String(data!['stderr']));
  });
  expect(said).toEqual(outcomes.map(() => 'y'.repeat(4096)));
});

test.each(['', 'a', 'ä', '€', emoji, '"\n\u0001', '\ud800'])('bytes are counted as they are sent: %j', (text) => {
  expect(jsonBytes({ text })).toBe(bytesOf({ text }));
});
