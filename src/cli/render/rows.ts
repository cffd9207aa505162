import type { EventFrame } from '../../gateway/protocol/connection.ts';

/** One line of the live display: what is going on in one stage on one host. */
export interface Row {
  readonly title: string;
  readonly startedAt: number;
  endedAt?: number;
  /** Stopped: a cancel came before it was done. */
  state: 'running' | 'done' | 'failed' | 'stopped';
  waitingFor?: string;
  /** How its guests boot, while their host has no room for all of them. */
  booting?: string;
  readonly batches: Map<string, { items: number; done: number; ended: boolean }>;
}

/** The live display as data: fed with events, it knows which rows there are. */
export interface Rows {
  take(frame: EventFrame): void;
  all(): readonly Row[];
}

const preparing = 'reading the project and asking the hosts';

/** An empty display. */
export function createRows(): Rows {
  return new RowsOfRun();
}

class RowsOfRun implements Rows {
  private readonly rows = new Map<string, Row>();
  /** A batch is done once, and may be rolled back later: its counters belong to the row that had it last. */
  private readonly rowOfBatch = new Map<string, Row>();

  all(): readonly Row[] {
    return [...this.rows.values()];
  }

  take(frame: EventFrame): void {
    const at = Date.parse(frame.at);
    switch (frame.code) {
      case 'run-started':
        this.open(preparing, at);
        break;
      case 'run-planned':
      case 'run-nothing-to-do':
        end(this.rows.get(preparing), 'done', at);
        break;
      case 'batch-started':
        this.startBatch(frame, `${frame.stage} on ${frame.host}`, at);
        break;
      case 'undo-started':
        this.endAll('stopped', at, (row) => !row.title.startsWith('roll back'));
        this.startBatch(frame, `roll back ${frame.stage} on ${frame.host}`, at);
        break;
      case 'batch-done':
      case 'batch-failed':
        this.endBatch(frame, at);
        break;
      case 'progress':
        this.count(frame);
        break;
      case 'push-progress':
        this.awaitPush(frame);
        break;
      case 'pull-progress':
      case 'image-pulled':
        this.awaitPull(frame);
        break;
      case 'run-ended':
        this.endAll('stopped', at, () => true);
        break;
      default:
    }
  }

  private open(title: string, at: number): Row {
    const row: Row = this.rows.get(title) ?? { title, startedAt: at, state: 'running', batches: new Map() };
    if (row.state === 'done') row.state = 'running';
    delete row.endedAt;
    this.rows.set(title, row);
    return row;
  }

  private startBatch(frame: EventFrame, title: string, at: number): void {
    const row = this.open(title, at);
    const batch = textOf(frame, 'batch');
    row.batches.set(batch, { items: numberOf(frame, 'items'), done: 0, ended: false });
    this.rowOfBatch.set(batch, row);
  }

  private endBatch(frame: EventFrame, at: number): void {
    const name = textOf(frame, 'batch');
    const row = this.rowOfBatch.get(name);
    const batch = row?.batches.get(name);
    if (!row || !batch) return;
    batch.ended = true;
    if (frame.code === 'batch-failed') row.state = 'failed';
    else batch.done = batch.items;
    if ([...row.batches.values()].every((each) => each.ended)) end(row, row.state === 'failed' ? 'failed' : 'done', at);
  }

  private count(frame: EventFrame): void {
    const row = this.rowOfBatch.get(textOf(frame, 'batch'));
    const batch = row?.batches.get(textOf(frame, 'batch'));
    if (!row || !batch) return;
    Object.assign(batch, { done: numberOf(frame, 'done'), items: numberOf(frame, 'of') });
    const waitingFor = /, waiting for (.*)$/.exec(frame.text)?.[1];
    if (waitingFor === undefined) delete row.waitingFor;
    else row.waitingFor = waitingFor;
    const booting = /, (\d+ of \d+ booting, .*)$/.exec(frame.text)?.[1];
    if (booting === undefined) delete row.booting;
    else row.booting = booting;
  }

  private awaitPush(frame: EventFrame): void {
    const row = this.rows.get(`${frame.stage} on ${frame.host}`);
    if (!row || row.endedAt !== undefined) return;
    const [sent, size] = [numberOf(frame, 'sent'), numberOf(frame, 'size')].map((each) => (each / 2 ** 20).toFixed(0));
    row.waitingFor = `image ${textOf(frame, 'sha256').slice(0, 12)}: ${sent} of ${size} MiB`;
  }

  private awaitPull(frame: EventFrame): void {
    const row = this.rows.get(preparing);
    if (!row || row.endedAt !== undefined) return;
    if (frame.code === 'pull-progress') row.waitingFor = frame.text;
    else delete row.waitingFor;
  }

  private endAll(state: Row['state'], at: number, which: (row: Row) => boolean): void {
    for (const row of this.rows.values()) if (row.endedAt === undefined && which(row)) end(row, state, at);
  }
}

function end(row: Row | undefined, state: Row['state'], at: number): void {
  if (!row) return;
  row.endedAt = at;
  row.state = state;
  delete row.waitingFor;
  delete row.booting;
}

function textOf(frame: EventFrame, key: string): string {
  const value = frame.data?.[key];
  return typeof value === 'string' ? value : '';
}

function numberOf(frame: EventFrame, key: string): number {
  const value = frame.data?.[key];
  return typeof value === 'number' ? value : 0;
}
