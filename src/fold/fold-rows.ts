import { numberOf, textOf, withEntry } from './fields.ts';
import type { BatchView, FoldEvent, Lane, Row, RunView } from './run-view.ts';

/** The part of a view that is about work. */
export type Work = Pick<RunView, 'rows' | 'lanes'>;

const preparing = 'prepare';

/** Key of a row: doing a stage on a host, or rolling it back. */
export function rowKey(verb: Row['verb'], stage = '', host = ''): string {
  return verb === 'prepare' ? preparing : `${verb} ${stage} ${host}`;
}

/** Rows and lanes after one more event; the very same where it changes nothing about work. */
export function foldRows(work: Work, event: FoldEvent): Work {
  const at = Date.parse(event.at);
  switch (event.code) {
    case 'run-started':
      return { ...work, rows: opened(work.rows, 'prepare', event) };
    case 'run-planned':
    case 'run-nothing-to-do':
      return { ...work, rows: changed(work.rows, preparing, (row) => ended(row, 'done', at)) };
    case 'batch-started':
      return started(work, 'do', event);
    case 'undo-started':
      return started({ ...work, rows: stopped(work.rows, at, (row) => row.verb !== 'undo') }, 'undo', event);
    case 'batch-retry':
      return retried(work, event);
    case 'batch-done':
    case 'batch-failed':
      return batchEnded(work, event);
    case 'progress':
      return { ...work, rows: counted(work, event) };
    case 'push-progress':
      return { ...work, rows: pushed(work.rows, event) };
    case 'pull-progress':
      return { ...work, rows: noted(work.rows, `waiting for ${event.text}`) };
    case 'image-pulled':
      return { ...work, rows: noted(work.rows, undefined) };
    case 'run-ended':
      return { lanes: new Map(), rows: stopped(work.rows, at, () => true) };
    default:
      return work;
  }
}

type Rows = ReadonlyMap<string, Row>;

function changed(rows: Rows, key: string, change: (row: Row) => Row): Rows {
  const row = rows.get(key);
  return row === undefined ? rows : withEntry(rows, key, change(row));
}

function opened(rows: Rows, verb: Row['verb'], { at, stage = '', host = '' }: FoldEvent): Rows {
  const key = rowKey(verb, stage, host);
  const before = rows.get(key);
  if (before === undefined) {
    return withEntry(rows, key, {
      verb,
      stage,
      host,
      startedAt: Date.parse(at),
      state: 'running',
      batches: new Map(),
    });
  }
  const { endedAt: _endedAt, ...open } = before;
  return withEntry(rows, key, { ...open, state: open.state === 'done' ? 'running' : open.state });
}

function ended({ note: _note, ...row }: Row, state: Row['state'], endedAt: number): Row {
  return { ...row, state, endedAt };
}

function stopped(rows: Rows, at: number, which: (row: Row) => boolean): Rows {
  const stop = (row: Row): Row => (row.endedAt === undefined && which(row) ? ended(row, 'stopped', at) : row);
  return new Map([...rows].map(([key, row]) => [key, stop(row)]));
}

function started(work: Work, verb: 'do' | 'undo', event: FoldEvent): Work {
  const batch = textOf(event, 'batch');
  const row = rowKey(verb, event.stage, event.host);
  const fresh: BatchView = { items: numberOf(event, 'items'), done: 0, ended: false };
  return {
    lanes: withEntry(work.lanes, batch, laneOf(event, batch, row)),
    rows: changed(opened(work.rows, verb, event), row, (each) => ({
      ...each,
      batches: withEntry(each.batches, batch, fresh),
    })),
  };
}

function laneOf({ at, text }: FoldEvent, batch: string, row: string): Lane {
  return { batch, row, text, attempt: 1, since: Date.parse(at) };
}

/** A client that came late may not have seen the batch begin. */
function retried(work: Work, event: FoldEvent): Work {
  const batch = textOf(event, 'batch');
  const verb = textOf(event, 'verb') === 'undo' ? 'undo' : 'do';
  const known = work.lanes.has(batch) ? work : started(work, verb, event);
  const lane = known.lanes.get(batch)!;
  return { ...known, lanes: withEntry(known.lanes, batch, { ...lane, text: event.text, attempt: lane.attempt + 1 }) };
}

function batchEnded(work: Work, event: FoldEvent): Work {
  const lane = work.lanes.get(textOf(event, 'batch'));
  if (lane === undefined) return work;
  const lanes = new Map(work.lanes);
  lanes.delete(lane.batch);
  const failed = event.code === 'batch-failed';
  const rows = changed(work.rows, lane.row, (row) => {
    const before = row.batches.get(lane.batch);
    if (before === undefined) return row;
    const batch = { ...before, ended: true, done: failed ? before.done : before.items };
    const batches = withEntry(row.batches, lane.batch, batch);
    const state = failed ? 'failed' : row.state;
    const isOver = [...batches.values()].every((each) => each.ended);
    const next = { ...row, state, batches };
    return isOver ? ended(next, state === 'failed' ? 'failed' : 'done', Date.parse(event.at)) : next;
  });
  return { lanes, rows };
}

function counted({ rows, lanes }: Work, event: FoldEvent): Rows {
  const lane = lanes.get(textOf(event, 'batch'));
  if (lane === undefined) return rows;
  return changed(rows, lane.row, ({ note: _note, ...row }) => {
    const batch = { items: numberOf(event, 'of'), done: numberOf(event, 'done'), ended: false };
    const batches = withEntry(row.batches, lane.batch, batch);
    const note = /^\d+ of \d+, (.*)$/.exec(event.text)?.[1];
    return { ...row, batches, ...(note === undefined ? {} : { note }) };
  });
}

/** What preparing is at: images are pulled there. */
function noted(rows: Rows, note: string | undefined): Rows {
  return changed(rows, preparing, (row) => {
    const { note: _note, ...rest } = row;
    return row.endedAt === undefined && note !== undefined ? { ...rest, note } : rest;
  });
}

function pushed(rows: Rows, event: FoldEvent): Rows {
  const [sent, size] = ['sent', 'size'].map((key) => (numberOf(event, key) / 2 ** 20).toFixed(0));
  const note = `waiting for image ${textOf(event, 'sha256').slice(0, 12)}: ${sent} of ${size} MiB`;
  return changed(rows, rowKey('do', event.stage, event.host), (row) =>
    row.endedAt === undefined ? { ...row, note } : row,
  );
}
