import fc from 'fast-check';
import type { FoldEvent } from '../../src/fold/run-view.ts';

const began = Date.UTC(2026, 0, 1);

/** Events as a run's log numbers and times them: one a second. */
export function numbered(events: readonly (Partial<FoldEvent> & { readonly code: string })[]): FoldEvent[] {
  return events.map((event, n) => ({
    seq: n + 1,
    at: new Date(began + n * 1000).toISOString(),
    level: 'info',
    text: '',
    ...event,
  }));
}

const where = fc.record({
  stage: fc.constantFrom('network', 'distribute', 'start'),
  host: fc.constantFrom('main', 'h2'),
});
const batch = fc.constantFrom('ovn.main.0', 'files.h2.0', 'libvirt.main.0');
const guest = fc.constantFrom('web', 'db');
const count = fc.nat(5);

const plain = fc.constantFrom('run-started', 'run-planned', 'run-nothing-to-do', 'run-ended', 'host-silent');
const ofBatch = fc.constantFrom('batch-started', 'undo-started', 'batch-retry', 'batch-done', 'batch-failed');
const ofItem = fc.constantFrom('item-done', 'item-failed', 'item-skipped', 'undo-done', 'undo-failed');
const ofGuest = fc.constantFrom('guest-rung', 'guest-stalled', 'guest-ready', 'script-started', 'script-done');

const event: fc.Arbitrary<Partial<FoldEvent> & { readonly code: string }> = fc.oneof(
  plain.map((code) => ({ code })),
  fc
    .tuple(ofBatch, where, batch, count, fc.constantFrom('do', 'undo'))
    .map(([code, at, id, items, verb]) => ({ code, ...at, data: { batch: id, items, verb } })),
  fc.tuple(where, batch, count, count).map(([at, id, done, of]) => ({
    code: 'progress',
    ...at,
    text: `${done} of ${of}, waiting for web`,
    data: { batch: id, done, of },
  })),
  fc.tuple(ofItem, where).map(([code, at]) => ({ code, ...at })),
  fc.tuple(ofGuest, guest).map(([code, name]) => ({ code, guest: name, data: { rung: 'ssh', seconds: 2 } })),
  batch.map((id) => ({ code: 'decision-asked', level: 'warn' as const, host: 'h2', data: { batch: id } })),
  batch.map((id) => ({ code: 'decision-made', data: { batches: [id] } })),
  where.map((at) => ({ code: 'push-progress', ...at, data: { sha256: 'a'.repeat(64), sent: 1, size: 2 } })),
);

/** Logs in which anything may come after anything: also what no run of ours writes. */
export const anyLog: fc.Arbitrary<FoldEvent[]> = fc.array(event, { maxLength: 60 }).map(numbered);
