import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Readable } from 'node:stream';

import type { FailureData } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { Blob } from '../../../model/resources.ts';
import { stableJson } from '../../../model/stable-json.ts';
import type { RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import { sharedWork } from '../../shared-work.ts';
import { receiveScript } from './script.ts';

/** Something by content that a host has not got, or has not got all of. */
export interface Missing {
  readonly blob: Blob;
  /** Its name in the host's cache. */
  readonly name: string;
  /** As people call it. */
  readonly what: 'image' | 'file';
}

const progressMilliseconds = 500;

/** Sends things by content to hosts' caches. */
export interface Pusher {
  /** From where an earlier attempt stopped; undefined when its content is right there. */
  push(host: Host, missing: Missing, offset: number, context: RunContext): Promise<FailureData | undefined>;
}

/** One transfer of a thing to a host at a time, for all the batches and runs of this process that wait for it. */
export function createPusher(runner: Runner): Pusher {
  const shared = sharedWork<FailureData | undefined>();
  const listeners = new Map<string, Set<RunContext>>();
  return {
    async push(host, missing, offset, context) {
      const key = stableJson({ host, name: missing.name });
      const listening = listeners.get(key) ?? new Set();
      listeners.set(key, listening.add(context));
      const tellAll: Tell = (text, data) => {
        for (const { emit } of listening) {
          emit({ type: 'progress', level: 'info', code: 'push-progress', text, host: host.name, data });
        }
      };
      // The worker that comes after this one on its machine takes over; all others wait for the lock on the host.
      const work = `push/${hostname()}/${context.installation}/${missing.name}`;
      try {
        const send = (signal: AbortSignal): ReturnType<typeof sendRest> =>
          sendRest({ runner, host, missing, offset, tell: tellAll, key: work, signal });
        return await shared.run(key, send, context.signal);
      } finally {
        listening.delete(context);
        if (listening.size === 0) listeners.delete(key);
      }
    },
  };
}

type Tell = (text: string, data: Readonly<Record<string, unknown>>) => void;

interface Transfer {
  readonly runner: Runner;
  readonly host: Host;
  readonly missing: Missing;
  readonly offset: number;
  readonly tell: Tell;
  readonly key: string;
  readonly signal: AbortSignal;
}

async function sendRest(transfer: Transfer): Promise<FailureData | undefined> {
  const { runner, host, missing, offset, key, signal } = transfer;
  const { blob, name } = missing;
  const there = await stat(blob.source).catch(() => undefined);
  if (!there?.isFile() || there.size < offset) return gone(missing, host);
  const local = host.connection === 'local';
  const head = [name, blob.sha256, blob.size, offset, local ? blob.source : '', ''].join('\n');
  const data = local ? Buffer.from(head) : Readable.from(stream(head, transfer));
  const { code, stderr } = await runner.run(host, { key, limit: 'files', script: receiveScript, data, signal });
  return code === 0 ? undefined : refused(code, stderr, missing, host);
}

async function* stream(head: string, { missing, offset, host, tell }: Transfer): AsyncGenerator<Buffer> {
  yield Buffer.from(head);
  const { blob, what } = missing;
  const { sha256, size } = blob;
  let sent = offset;
  let told = 0;
  for await (const chunk of createReadStream(blob.source, { start: offset, highWaterMark: 256 * 1024 })) {
    yield chunk as Buffer;
    sent += (chunk as Buffer).length;
    const now = performance.now();
    if (now - told < progressMilliseconds && sent < size) continue;
    told = now;
    const percent = size === 0 ? 100 : Math.floor((100 * sent) / size);
    const mebibytes = [sent, size].map((each) => Math.round(each / 2 ** 20)).join(' of ');
    tell(`${what} ${sha256.slice(0, 12)} on its way to ${host.name}: ${percent} %, ${mebibytes} MiB`, {
      sha256,
      sent,
      size,
    });
  }
}

function gone({ blob: { source }, what }: Missing, host: Host): FailureData {
  const message = `the ${what} ${source} is gone from the server or shorter than before`;
  return { code: `${what}-missing`, class: 'permanent', message, object: source, host: host.name };
}

function refused(code: number, stderr: string, { blob: { source }, what }: Missing, host: Host): FailureData {
  const why = stderr.trim().split('\n').at(-1) ?? '';
  const about = { object: source, host: host.name, stderr, exitCode: code };
  if (/No space left/.test(stderr)) {
    return { code: 'no-space', class: 'permanent', message: `${host.name} has no space for the ${what}`, ...about };
  }
  if (code === 76) {
    const message = `the ${what} that came is another one: ${why}`;
    const hint = 'the file changed while it was sent; run the command again';
    return { code: `${what}-unreadable`, class: 'permanent', message, hint, ...about };
  }
  return { code: 'disk-failed', class: 'transient', message: `the ${what} did not arrive: ${why}`, ...about };
}
