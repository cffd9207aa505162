import pc from 'picocolors';
import type { Diagnostic } from '../../model/diagnostic.ts';

const longestExcerpt = 160;

/** One diagnostic: file:line:column, message and code, the line with what is meant under it, and what to write instead. */
export function renderDiagnostic(
  { message, code, position, hint }: Diagnostic,
  severity: 'error' | 'warning',
  texts: ReadonlyMap<string, string>,
  color: boolean,
): string {
  const paint = pc.createColors(color);
  const loud = severity === 'error' ? paint.red('error') : paint.yellow('warning');
  const where = position ? paint.bold(`${position.file}:${position.line}:${position.column}: `) : '';
  const lines = [`${where}${loud}: ${message} ${paint.dim(`[${code}]`)}`];
  if (position) lines.push(...excerpt(position, texts.get(position.file)));
  if (hint !== undefined) lines.push(`  ${paint.cyan('hint')}: ${hint}`);
  return `${lines.join('\n')}\n`;
}

/** Tabs count as one column, so they are shown as one. */
function excerpt({ line, column, length }: NonNullable<Diagnostic['position']>, text: string | undefined): string[] {
  const shown = text?.split('\n')[line - 1]?.replaceAll('\t', ' ').replace(/\r$/, '');
  if (shown === undefined || shown.trim() === '' || column > longestExcerpt) return [];
  const number = String(line);
  const marks = '^'.repeat(Math.max(1, Math.min(length, shown.length - column + 1, longestExcerpt - column)));
  return [
    `  ${number} | ${shown.slice(0, longestExcerpt)}`,
    `  ${' '.repeat(number.length)} | ${' '.repeat(column - 1)}${marks}`,
  ];
}
