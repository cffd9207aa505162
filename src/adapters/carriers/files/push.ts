import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

import type { FailureData } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { FileMaking } from '../../../model/transport/files.ts';
import type { RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import { cacheName } from './command.ts';
import { receiveScript } from './script.ts';

type Push = Extract<FileMaking, { type: 'push' }>;

const progressMilliseconds = 500;

/** Sends an image to a host's cache from where an earlier attempt stopped; undefined when its content is right there. */
export async function pushImage(
  runner: Runner,
  host: Host,
  { image, format }: Push,
  offset: number,
  context: RunContext,
): Promise<FailureData | undefined> {
  const there = await stat(image.source).catch(() => undefined);
  if (!there?.isFile() || there.size < offset) return missing(image.source, host);
  const local = host.connection === 'local';
  const head = [cacheName(image.sha256, format), image.sha256, image.size, offset, local ? image.source : '', ''].join(
    '\n',
  );
  const { code, stderr } = await runner.run(host, {
    key: context.key,
    limit: 'files',
    script: receiveScript,
    data: local ? Buffer.from(head) : Readable.from(stream(head, image, offset, host, context)),
    signal: context.signal,
  });
  if (code === 0) return undefined;
  return refused(code, stderr, image.source, host);
}

async function* stream(
  head: string,
  image: Push['image'],
  offset: number,
  host: Host,
  context: RunContext,
): AsyncGenerator<Buffer> {
  yield Buffer.from(head);
  let sent = offset;
  let told = 0;
  for await (const chunk of createReadStream(image.source, { start: offset, highWaterMark: 256 * 1024 })) {
    yield chunk as Buffer;
    sent += (chunk as Buffer).length;
    const now = performance.now();
    if (now - told < progressMilliseconds && sent < image.size) continue;
    told = now;
    tell(image, sent, host, context);
  }
}

function tell({ sha256, size }: Push['image'], sent: number, host: Host, context: RunContext): void {
  const percent = size === 0 ? 100 : Math.floor((100 * sent) / size);
  const data = { sha256, sent, size };
  const mebibytes = [sent, size].map((each) => Math.round(each / 2 ** 20)).join(' of ');
  const text = `image ${sha256.slice(0, 12)} on its way to ${host.name}: ${percent} %, ${mebibytes} MiB`;
  context.emit({ type: 'progress', level: 'info', code: 'push-progress', text, host: host.name, data });
}

function missing(source: string, host: Host): FailureData {
  const message = `the image ${source} is gone from the server or shorter than before`;
  return { code: 'image-missing', class: 'permanent', message, object: source, host: host.name };
}

function refused(code: number, stderr: string, source: string, host: Host): FailureData {
  const why = stderr.trim().split('\n').at(-1) ?? '';
  const about = { object: source, host: host.name, stderr, exitCode: code };
  if (/No space left/.test(stderr)) {
    return { code: 'no-space', class: 'permanent', message: `${host.name} has no space for the image`, ...about };
  }
  if (code === 76) {
    const hint = 'the file changed while it was sent; run the command again';
    return {
      code: 'image-unreadable',
      class: 'permanent',
      message: `the image that came is another one: ${why}`,
      hint,
      ...about,
    };
  }
  return { code: 'disk-failed', class: 'transient', message: `the image did not arrive: ${why}`, ...about };
}
