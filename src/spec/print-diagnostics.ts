import type { Diagnostic } from '../model/diagnostic.ts';

/** Lines longer than this are shown around the mark only. */
const widest = 110;

/**
 * Diagnostics as a person reads them: place, severity, message, code; the line with a caret under what is meant; what
 * to write instead. Needs the texts of the files they are about.
 */
export function printDiagnostics(
  diagnostics: readonly Diagnostic[],
  textOf: (file: string) => string | undefined,
): string {
  const files = new Map<string, readonly string[]>();
  const linesOf = (file: string): readonly string[] => {
    const lines = files.get(file) ?? (textOf(file) ?? '').split(/\r?\n/);
    files.set(file, lines);
    return lines;
  };
  return diagnostics.map((each) => printOne(each, linesOf(each.position?.file ?? ''))).join('\n');
}

function printOne({ severity, code, message, position, hint }: Diagnostic, lines: readonly string[]): string {
  const help = hint === undefined ? '' : `  help: ${hint}\n`;
  if (!position) return `${severity}: ${message} [${code}]\n${help}`;
  const { file, line, column, length } = position;
  const head = `${file}:${line}:${column}: ${severity}: ${message} [${code}]\n`;
  const source = lines[line - 1];
  if (source === undefined || source.trim() === '') return head + help;
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  const from = column - 1 > widest - 30 ? column - 1 - 30 : 0;
  const shown = source.slice(from, from + widest);
  const cut = from > 0 ? '…' : '';
  const rest = from + widest < source.length ? '…' : '';
  // Tabs and wide letters before the mark keep their width by being repeated as blanks of the same kind.
  const indent = (cut + source.slice(from, column - 1)).replaceAll(/[^\t]/g, ' ');
  const caret = '^'.repeat(Math.max(1, Math.min(length, shown.length - (column - 1 - from))));
  return `${head}  ${number} | ${cut}${shown}${rest}\n  ${gutter} | ${indent}${caret}\n${help}`;
}
