import type { GarbageItem, GarbageReport } from '../../model/garbage.ts';
import { table } from './table.ts';

/** What a look at all hosts found, item by item with the reason, and then in one line. */
export function renderGarbage(report: GarbageReport): string {
  const { surplus, missing, foreign, counts, hosts, unread } = report;
  const rows = [
    ...surplus.map((item) => row('remove', item)),
    ...missing.map((item) => row('missing', item)),
    ...foreign.map((item) => row('foreign', item)),
  ];
  const silent = hosts.filter((host) => !host.answered);
  return [
    rows.length > 0 ? table(['WHAT', 'DEPLOYMENT', 'HOST', 'KIND', 'NAME', 'WHY'], rows) : '',
    cut(surplus, counts.surplus, 'to remove'),
    cut(missing, counts.missing, 'missing'),
    cut(foreign, counts.foreign, 'of other installations'),
    ...silent.map(
      ({ name, address, reason }) => `host ${name} (${address}) does not answer: ${reason ?? 'no reason'}\n`,
    ),
    ...unread.map(({ hostsFile, reason }) => `hosts of ${hostsFile} were not looked at: ${reason}\n`),
    headline(report, silent.length),
  ].join('');
}

function row(what: string, { deployment, host, kind, name, why }: GarbageItem): string[] {
  return [what, deployment, host, kind, name, why];
}

function cut(items: readonly unknown[], count: number, what: string): string {
  return count > items.length ? `… and ${count - items.length} more ${what}\n` : '';
}

function headline({ counts, hosts }: GarbageReport, silent: number): string {
  const parts = [
    counts.surplus === 0 ? 'nothing to remove' : `${counts.surplus} to remove`,
    ...(counts.missing > 0 ? [`${counts.missing} missing, which up repairs`] : []),
    ...(counts.foreign > 0 ? [`${counts.foreign} of other installations, which are left alone`] : []),
  ];
  const looked = `${hosts.length - silent} of ${hosts.length} hosts looked at`;
  return `${parts.join('; ')} (${looked})\n`;
}
