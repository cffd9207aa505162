import { cutText, fitFailures, jsonBytes } from '../model/fit-failures.ts';
import type { RunOutcome } from './contract.ts';
import type { Ledger } from './ledger.ts';

const noChange = { create: 0, change: 0, delete: 0, run: 0 } as const;

/** An outcome lives in the memo, in every answer and in one history event: people read the first lines of a long list. */
const listed = 50;
/** Together with the rest well below the 64 KB of a payload. */
const failureBytes = 32 * 1024;
const leftoverBytes = 16 * 1024;

/** What a run came to, within the size of a payload. */
export function outcomeOf(
  summary: RunOutcome['summary'] | undefined,
  ledger: Pick<Ledger, 'failures' | 'skipped'>,
  status: RunOutcome['status'],
  more: Partial<RunOutcome>,
): RunOutcome {
  const { failures = ledger.failures, leftovers = [], ...rest } = more;
  return {
    status,
    summary: summary ?? noChange,
    failures: fitFailures(failures.slice(0, listed), failureBytes).told,
    skipped: ledger.skipped,
    undone: 0,
    leftovers: withinList(leftovers),
    ...rest,
  };
}

function withinList(leftovers: RunOutcome['leftovers']): RunOutcome['leftovers'] {
  const lengths = [1000, 300, 80];
  const versions = lengths.map((length) =>
    leftovers.slice(0, listed).map((each) => ({ ...each, why: cutText(each.why, length) })),
  );
  const some = versions.find((each) => jsonBytes(each) <= leftoverBytes) ?? versions.at(-1)!;
  const more = leftovers.length - listed;
  return more <= 0 ? some : [...some, { item: `${more} more`, why: 'the event log names them' }];
}
