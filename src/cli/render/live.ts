import { Writable } from 'node:stream';
import { createLogUpdate } from 'log-update';
import pc from 'picocolors';
import type { EventFrame } from '../../gateway/protocol/connection.ts';
import type { CliWorld } from '../world.ts';
import { duration } from './duration.ts';
import { eventLine } from './line.ts';
import type { Progress } from './progress.ts';
import { createRows, type Row } from './rows.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const drawEveryMs = 100;

/** These stay on the screen above the live rows; the rest only moves the rows. */
const staysOnScreen = (frame: EventFrame): boolean =>
  frame.type === 'log' ||
  (frame.level === 'error' && frame.code !== 'batch-failed') ||
  (frame.level === 'warn' && frame.code !== 'run-ended') ||
  frame.code === 'undo-done' ||
  frame.code === 'decision-made' ||
  frame.code === 'run-planned' ||
  frame.code === 'run-nothing-to-do';

/** Rows with spinners on a terminal: one per stage and host, with elapsed time and what it waits for. */
export function liveProgress(world: CliWorld, color: boolean): Progress {
  const { stderr } = world;
  const sink = new Writable({ write: (chunk: Buffer, _, done) => (stderr.write(chunk.toString()), done()) });
  const stream = Object.assign(sink, { isTTY: true, columns: stderr.columns, rows: stderr.rows });
  const update = createLogUpdate(stream, { showCursor: true });
  const rows = createRows();
  // The run's clock may differ from this machine's: rows are timed by the events' own times.
  let offset: number | undefined;
  let startedAt = 0;
  let tick = 0;
  const pending: string[] = [];
  const draw = (): void => {
    if (pending.length > 0) {
      update.clear();
      stderr.write(
        pending
          .splice(0)
          .map((line) => `${line}\n`)
          .join(''),
      );
    }
    Object.assign(stream, { columns: stderr.columns, rows: stderr.rows });
    const now = world.now() - (offset ?? 0);
    update(renderRows(rows.all(), now, frames[tick++ % frames.length]!, stderr.rows - 2, color));
  };
  const timer = setInterval(draw, drawEveryMs);
  /** Shown with the next picture: many lines cost one. */
  const keep = (line: string): void => void pending.push(line);
  return {
    started: () => draw(),
    event: (frame) => {
      if (offset === undefined) {
        startedAt = Date.parse(frame.at);
        offset = world.now() - startedAt;
      }
      rows.take(frame);
      if (staysOnScreen(frame)) keep(eventLine(frame, startedAt, color));
    },
    note: keep,
    end: () => {
      clearInterval(timer);
      draw();
      update.done();
    },
  };
}

/** The rows as text: running ones in full, ended ones as far as the screen has room. */
export function renderRows(rows: readonly Row[], now: number, spinner: string, room: number, color: boolean): string {
  const running = rows.filter((row) => row.endedAt === undefined);
  const ended = rows.filter((row) => row.endedAt !== undefined);
  const kept = ended.slice(Math.max(0, ended.length - Math.max(0, room - running.length)));
  const shown = [...kept, ...running.slice(0, Math.max(1, room))];
  return shown.map((row) => renderRow(row, now, spinner, color)).join('\n');
}

function renderRow(row: Row, now: number, spinner: string, color: boolean): string {
  const paint = pc.createColors(color);
  const batches = [...row.batches.values()];
  const items = batches.reduce((sum, batch) => sum + batch.items, 0);
  const done = batches.reduce((sum, batch) => sum + batch.done, 0);
  const state = {
    running: paint.cyan(spinner),
    done: paint.green('✓'),
    failed: paint.red('✗'),
    stopped: paint.yellow('■'),
  };
  const counts = items > 0 ? ` ${done}/${items}` : '';
  const elapsed = paint.dim(duration((row.endedAt ?? now) - row.startedAt));
  const waitsFor = row.waitingFor === undefined ? '' : ` waiting for ${row.waitingFor}`;
  const waits = row.booting === undefined ? waitsFor : ` ${row.booting}`;
  const waiting = waits === '' ? '' : paint.dim(waits);
  const mark = row.endedAt === undefined ? state.running : state[row.state];
  return `${mark} ${row.title}${counts} ${elapsed}${waiting}`;
}
