import type { Diagnostic } from '../model/diagnostic.ts';

/** A diagnostic for programs. Fields may be added; none changes its meaning. */
export interface DiagnosticData {
  readonly severity: Diagnostic['severity'];
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** From the project's folder. */
  readonly file?: string;
  /** From 1, in UTF-16 code units, as editors count. */
  readonly line?: number;
  readonly column?: number;
  readonly length?: number;
  /** The whole line. */
  readonly excerpt?: string;
}

/** Diagnostics for programs, each with the line it is about. */
export function diagnosticData(
  diagnostics: readonly Diagnostic[],
  textOf: (file: string) => string | undefined,
): DiagnosticData[] {
  const files = new Map<string, readonly string[]>();
  const linesOf = (file: string): readonly string[] => {
    const lines = files.get(file) ?? (textOf(file) ?? '').split(/\r?\n/);
    files.set(file, lines);
    return lines;
  };
  return diagnostics.map(({ severity, code, message, hint, position }) => {
    const excerpt = position && linesOf(position.file)[position.line - 1];
    return {
      severity,
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...position,
      ...(excerpt === undefined ? {} : { excerpt }),
    };
  });
}
