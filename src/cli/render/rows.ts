import type { EventFrame } from '../../gateway/protocol/connection.ts';

/** One line of the live display: what is going on in one stage on one host. */
export interface Row {
  readonly title: string;
  readonly startedAt: number;
  endedAt?: number;
  failed: boolean;
  waitingFor?: string;
  readonly batches: Map<string, { items: number; done: number; ended: boolean }>;
}

/** The live display as data: fed with events, it knows which rows there are. */
export interface Rows {
  take(frame: EventFrame): void;
  all(): readonly Row[];
}

/** An empty display. */
export function createRows(): Rows {
  const rows = new Map<string, Row>();
  const rowOfBatch = new Map<string, Row>();
  const open = (title: string, at: number): Row => {
    const row: Row = rows.get(title) ?? { title, startedAt: at, failed: false, batches: new Map() };
    delete row.endedAt;
    rows.set(title, row);
    return row;
  };
  const close = (row: Row | undefined, at: number): void => {
    if (!row || [...row.batches.values()].some((batch) => !batch.ended)) return;
    row.endedAt = at;
    delete row.waitingFor;
  };
  const startBatch = (frame: EventFrame, at: number): void => {
    const what = `${frame.code === 'undo-started' ? 'take back ' : ''}${frame.stage} on ${frame.host}`;
    const row = open(what, at);
    const batch = textOf(frame, 'batch');
    row.batches.set(batch, { items: numberOf(frame, 'items'), done: 0, ended: false });
    rowOfBatch.set(batch, row);
  };
  const endBatch = (frame: EventFrame, at: number): void => {
    const name = textOf(frame, 'batch');
    const row = rowOfBatch.get(name);
    const batch = row?.batches.get(name);
    if (!row || !batch) return;
    batch.ended = true;
    if (frame.code === 'batch-failed') row.failed = true;
    else batch.done = batch.items;
    close(row, at);
  };
  const count = (frame: EventFrame): void => {
    const row = rowOfBatch.get(textOf(frame, 'batch'));
    const batch = row?.batches.get(textOf(frame, 'batch'));
    if (!row || !batch) return;
    Object.assign(batch, { done: numberOf(frame, 'done'), items: numberOf(frame, 'of') });
    const waitingFor = /, waiting for (.*)$/.exec(frame.text)?.[1];
    if (waitingFor === undefined) delete row.waitingFor;
    else row.waitingFor = waitingFor;
  };
  return {
    all: () => [...rows.values()],
    take: (frame) => {
      const at = Date.parse(frame.at);
      if (frame.code === 'run-started') open(preparing, at);
      else if (frame.code.startsWith('run-')) close(rows.get(preparing), at);
      else if (frame.code === 'batch-started' || frame.code === 'undo-started') startBatch(frame, at);
      else if (frame.code === 'batch-done' || frame.code === 'batch-failed') endBatch(frame, at);
      else if (frame.type === 'progress') count(frame);
      if (frame.code === 'run-ended') for (const row of rows.values()) row.endedAt ??= at;
    },
  };
}

const preparing = 'reading the project and asking the hosts';

function textOf(frame: EventFrame, key: string): string {
  const value = frame.data?.[key];
  return typeof value === 'string' ? value : '';
}

function numberOf(frame: EventFrame, key: string): number {
  const value = frame.data?.[key];
  return typeof value === 'number' ? value : 0;
}
