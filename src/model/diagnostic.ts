/** Where something stands in a file: line and column from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Length of the marked text, at least 1, within the line. */
  readonly length: number;
}

/** Finds where a part of a noun stands: of the noun itself without a path, else of the deepest part that was written. */
export type Where = (...path: readonly (string | number)[]) => Position;

/** What is said about a project file. All are collected; none is thrown half-way. */
export interface Diagnostic {
  /** error: cannot go on; warning: doubtful (error with --strict); preflight: warning offline, error for `up`. */
  readonly severity: 'error' | 'warning' | 'preflight';
  /** Such as `unknown-switch`; documented with an example. */
  readonly code: string;
  /** Lower case, no full stop; holds the wrong value. */
  readonly message: string;
  readonly position?: Position;
  /** What to write instead. */
  readonly hint?: string;
}
