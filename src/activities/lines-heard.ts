import type { EventLog } from '../ports/events.ts';

const pageSize = 5000;

/** Number of the last line of a guest's script that a run's log holds: what an adopted script need not say again. */
export async function linesHeard(events: EventLog, run: string, guest: string, script: string): Promise<number> {
  let heard = 0;
  for (let after = 0; ; after += pageSize) {
    const page = await events.read(run, after, pageSize);
    for (const { code, guest: who, data } of page) {
      if (code === 'script-output' && who === guest && data?.['script'] === script) heard = Number(data['line']);
    }
    if (page.length < pageSize) return heard;
  }
}
