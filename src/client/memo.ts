import type { RunOutcome } from '../workflows/contract.ts';
import type { Question } from '../workflows/signals.ts';

/** What a workflow left in its memo, as the server gives it: fields of any kind. */
export type Memo = Readonly<Record<string, unknown>> | undefined;

/** A text in a memo. */
export function textIn(memo: Memo, key: string): string | undefined {
  const value = memo?.[key];
  return typeof value === 'string' ? value : undefined;
}

/** What a run asks. */
export function asksIn(memo: Memo): readonly Question[] {
  const asks: unknown = memo?.['asks'];
  return Array.isArray(asks) ? asks.filter(isQuestion) : [];
}

/** What a cancelled or failed run left behind: it has no result. */
export function outcomeIn(memo: Memo): RunOutcome | undefined {
  const outcome = memo?.['outcome'];
  return isOutcome(outcome) ? outcome : undefined;
}

function isQuestion(value: unknown): value is Question {
  return hasAll(value, 'string', ['batch', 'host', 'what', 'message', 'since']);
}

function isOutcome(value: unknown): value is RunOutcome {
  return (
    hasAll(value, 'string', ['status']) &&
    hasAll(value, 'number', ['skipped', 'undone']) &&
    hasAll(value, 'object', ['summary']) &&
    hasAll(value, 'list', ['failures', 'leftovers'])
  );
}

function hasAll(value: unknown, type: 'string' | 'number' | 'object' | 'list', keys: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return keys.every((key) => typeOf(fields.get(key)) === type);
}

/** JavaScript calls null and lists objects, too. */
function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}
