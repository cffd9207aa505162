import { Readable } from 'node:stream';

/** What the program on the host reads to run a script. */
export function requestOf(script: string, data: Buffer | Readable | undefined, key: string, token: string): Buffer[] {
  const text = Buffer.from(script);
  if (data instanceof Readable) return [Buffer.from(`run ${key} ${token} ${text.length} -\n`), text];
  const head = Buffer.from(`run ${key} ${token} ${text.length} ${data?.length ?? 0}\n`);
  return [head, text, ...(data ? [data] : []), Buffer.from(`${token}\n`)];
}
