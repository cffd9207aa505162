import type { DiagnosticCode } from '../messages/diagnostic-codes.ts';
import type { Diagnostic, Position } from '../model/diagnostic.ts';

/** Collects what the compiler finds. */
export class Findings {
  readonly all: Diagnostic[] = [];

  /** What cannot be compiled, or what the original refuses too. */
  error(position: Position | undefined, code: DiagnosticCode, message: string, hint?: string): void {
    this.#add('error', position, code, message, hint);
  }

  /** Doubtful, but possible. */
  warning(position: Position | undefined, code: DiagnosticCode, message: string, hint?: string): void {
    this.#add('warning', position, code, message, hint);
  }

  /** Depends on machines or files: doubtful offline, an error for `up`. */
  preflight(position: Position | undefined, code: DiagnosticCode, message: string, hint?: string): void {
    this.#add('preflight', position, code, message, hint);
  }

  #add(
    severity: Diagnostic['severity'],
    position: Position | undefined,
    code: DiagnosticCode,
    message: string,
    hint?: string,
  ): void {
    this.all.push({
      severity,
      code,
      message,
      ...(position ? { position } : {}),
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** The first of several with one key, for each that comes again. */
export function repeated<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string | undefined,
): { first: T; again: T; key: string }[] {
  const first = new Map<string, T>();
  const found: { first: T; again: T; key: string }[] = [];
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, item);
    else found.push({ first: earlier, again: item, key });
  }
  return found;
}
