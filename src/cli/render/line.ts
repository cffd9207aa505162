import pc from 'picocolors';
import type { EventFrame } from '../../api/answers/frame.ts';
import { duration } from './duration.ts';

/** One event as a line: time since the start, stage, host, what. A script's output is led by its guest. */
export function eventLine(frame: EventFrame, startedAt: number, color: boolean): string {
  const paint = pc.createColors(color);
  const at = paint.dim(duration(Date.parse(frame.at) - startedAt).padStart(7));
  if (frame.type === 'log') return `${at}  ${paint.cyan(frame.guest ?? frame.host ?? '')} | ${frame.text}`;
  const where = [frame.stage, frame.host].filter((each) => each !== undefined).join(' ');
  const loud = { error: paint.red('error: '), warn: paint.yellow('warning: '), info: '', debug: '' }[frame.level];
  const done = frame.code === 'batch-done' ? 'done: ' : frame.code === 'undo-done' ? 'rolled back ' : '';
  return `${at}  ${where === '' ? '' : `${where}: `}${loud}${done}${frame.text}`;
}
