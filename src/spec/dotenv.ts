import type { Diagnostic } from '../model/diagnostic.ts';
import { Locator } from './document.ts';
import type { Environment } from './interpolate.ts';

const line = /^(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/;

/** Reads the `.env` file beside a project: one `NAME=value` a line, as docker compose does; nothing is filled in. */
export function parseDotenv(
  text: string,
  file: string,
): { environment: Environment; diagnostics: readonly Diagnostic[] } {
  const locator = new Locator(text, file);
  const environment: Record<string, string> = {};
  const diagnostics: Diagnostic[] = [];
  let start = 0;
  for (const raw of text.split('\n')) {
    const content = raw.trim();
    const match = line.exec(content);
    const value = match && valueOf(match[2]!);
    if (match && typeof value === 'string') environment[match[1]!] = value;
    else if (content !== '' && !content.startsWith('#')) {
      const position = locator.position({ start, end: start + raw.length });
      const hint = 'write NAME=value, and a quote at both ends or at none';
      const message = 'this line sets no variable';
      diagnostics.push({ severity: 'warning', code: 'dotenv-syntax', message, position, hint });
    }
    start += raw.length + 1;
  }
  return { environment, diagnostics };
}

/** A quoted value ends at its quote, any other at a comment; undefined = the quote is never closed. */
function valueOf(text: string): string | undefined {
  const quoted = /^(['"])((?:\\.|(?!\1).)*)\1\s*(?:#.*)?$/.exec(text);
  if (quoted) return quoted[1] === "'" ? quoted[2]! : unescaped(quoted[2]!);
  if (/^['"]/.test(text)) return undefined;
  return text.replace(/(^|\s)#.*$/, '').trim();
}

function unescaped(text: string): string {
  const known: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
  return text.replace(/\\(.)/g, (_whole, letter: string) => known[letter] ?? letter);
}
