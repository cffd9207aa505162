import type { Secrets } from '../../../ports/store.ts';

const placeholder = /\{\{(secret|public):([^{}\s]+)\}\}/;

/**
 * Fills secrets in on the way to the host and nowhere else. A secret of several lines keeps the indentation of the line
 * it stands on, so that it stays inside the YAML block it was written in.
 */
export async function expandPlaceholders(
  text: string,
  secrets: Pick<Secrets, 'privateKey' | 'publicKey'>,
): Promise<string> {
  const lines = await Promise.all(text.split('\n').map((line) => expandLine(line, secrets)));
  return lines.join('\n');
}

async function expandLine(line: string, secrets: Pick<Secrets, 'privateKey' | 'publicKey'>): Promise<string> {
  const found = placeholder.exec(line);
  if (!found) return line;
  const [whole, kind, name = ''] = found;
  const secret = kind === 'secret' ? await secrets.privateKey(name) : await secrets.publicKey(name);
  const indentation = /^\s*/.exec(line)![0];
  const before = line.slice(0, found.index);
  const after = await expandLine(line.slice(found.index + whole.length), secrets);
  return before + secret.trimEnd().split('\n').join(`\n${indentation}`) + after;
}
