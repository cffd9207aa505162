import type { FailureData } from '../model/failure.ts';
import type { RunOutcome } from './contract.ts';
import type { Ledger } from './ledger.ts';

const noChange = { create: 0, change: 0, delete: 0, run: 0 } as const;

/** An outcome lives in the memo, in every answer and in one history event: people read the first lines of a long list. */
const listed = 50;

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
    failures: failures
      .slice(0, listed)
      .map(({ item, failure }, n) => ({ item, failure: n === 0 ? failure : brief(failure) })),
    skipped: ledger.skipped,
    undone: 0,
    leftovers: withinList(leftovers),
    ...rest,
  };
}

function brief({
  stderr: _stderr,
  command: _command,
  diagnostics: _diagnostics,
  ...failure
}: FailureData): FailureData {
  return failure;
}

function withinList(leftovers: RunOutcome['leftovers']): RunOutcome['leftovers'] {
  const more = leftovers.length - listed;
  if (more <= 0) return leftovers;
  return [...leftovers.slice(0, listed), { item: `${more} more`, why: 'the event log names them' }];
}
