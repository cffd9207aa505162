import { PassThrough, Writable } from 'node:stream';

import { expect, test } from 'vitest';

import { execute } from '../../../src/adapters/runner/execute.ts';
import type { Channel, Transport } from '../../../src/adapters/runner/transport.ts';
import { Workers } from '../../../src/adapters/runner/workers.ts';

/** A host whose commands print as they are told, until the end or until they are stopped. */
function printingHost(print: (stdout: PassThrough) => boolean) {
  const running = new Map<string, PassThrough>();
  const stopped: string[] = [];
  const frame = (token: string, state: string, to: PassThrough | undefined): void =>
    void to?.write(`kc:${token}:${state}:0:0\n`);
  const exec = async (): Promise<Channel> => {
    const stdout = new PassThrough();
    let close = (): void => undefined;
    const closed = new Promise<{ code: number | undefined }>((resolve) => (close = () => resolve({ code: undefined })));
    const stdin = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        const [verb, , token = ''] = chunk.toString('latin1').split('\n')[0]!.split(' ');
        if (verb === 'run') {
          running.set(token, stdout);
          const go = (): void => {
            if (!running.has(token)) return;
            if (print(stdout)) setImmediate(go);
            else frame(token, 'exit', stdout);
          };
          go();
        } else if (verb === 'stop') {
          stopped.push(token);
          frame(token, 'stop', running.get(token));
          running.delete(token);
          frame(token, 'stop', stdout);
        }
        done();
      },
    });
    stdout.write('kc:ready\n');
    return { stdin, stdout, stderr: new PassThrough(), closed, destroy: close };
  };
  const transport: Transport = { exec, open: () => Promise.reject(new Error('unused')), close: () => undefined };
  return { workers: new Workers('h1', transport, 1000), stopped, running };
}

const megabyte = Buffer.alloc(2 ** 20, 'x');

test('a command that prints without end is stopped on the host, and the failure says which and how much', async () => {
  const host = printingHost((stdout) => (stdout.write(megabyte), true));
  const before = process.memoryUsage.rss();
  const run = execute(host.workers, { key: 'run-1/libvirt.h1.0', limit: 'control', script: 'yes' });
  await expect(run).rejects.toMatchObject({
    data: {
      code: 'output-too-long',
      class: 'permanent',
      object: 'run-1/libvirt.h1.0',
      host: 'h1',
      message: 'the command run-1/libvirt.h1.0 on h1 printed more than 16 MiB and was stopped',
    },
  });
  expect(host.stopped).toHaveLength(1);
  expect(host.running.size).toBe(0);
  expect((process.memoryUsage.rss() - before) / 2 ** 20).toBeLessThan(200);
});

test('a line without end counts where lines are taken one by one, and many lines do not', async () => {
  const lines = printingHost(countdown(40, Buffer.from(`${'l'.repeat(2 ** 20 - 1)}\n`)));
  let heard = 0;
  const onLine = (): void => void (heard += 1);
  await execute(lines.workers, { key: 'k', limit: 'control', script: 'seq', onLine });
  expect(heard).toBe(40);
  const line = printingHost(countdown(40, megabyte));
  await expect(execute(line.workers, { key: 'k', limit: 'control', script: 'yes', onLine })).rejects.toMatchObject({
    data: { code: 'output-too-long' },
  });
});

test('a caller that expects much says so, and gets all of it', async () => {
  const host = printingHost(countdown(40, megabyte));
  const { stdout } = await execute(host.workers, {
    key: 'k',
    limit: 'control',
    script: 'cat',
    mostOutput: 64 * 2 ** 20,
  });
  expect(stdout.length).toBe(40 * 2 ** 20);
});

function countdown(times: number, chunk: Buffer): (stdout: PassThrough) => boolean {
  let left = times;
  return (stdout) => {
    stdout.write(chunk);
    left -= 1;
    return left > 0;
  };
}
