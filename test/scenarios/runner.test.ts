import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { createRunner } from '../../src/adapters/runner/create-runner.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Host } from '../../src/model/host.ts';
import type { Runner } from '../../src/ports/runner.ts';
import { onHost, tryOnHost } from '../support/playground.ts';
import { realHost } from '../support/real-hosts.ts';
import { busyboxAsShell } from './support/busybox-shell.ts';

let host: Host;
let runner: Runner;

beforeEach(() => {
  host = realHost('main');
  runner = createRunner();
});
afterEach(() => runner.close());

/** Pids of `sleep` for so many seconds on the host; a test tells its own by the number. */
async function sleepers(seconds: number): Promise<string[]> {
  const { stdout } = await tryOnHost('main', ['pgrep', '-x', '-f', `sleep ${seconds}`]);
  return stdout.split('\n').filter((line) => line !== '');
}

function untilAsleep(seconds: number, count = 1): Promise<void> {
  return expect.poll(() => sleepers(seconds), { timeout: 10_000 }).toHaveLength(count);
}

async function failureOf(promise: Promise<unknown>): Promise<Failure['data']> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw new Error(`no failure but ${String(error)}`);
  return error.data;
}

describe.each(['dash', 'busybox'] as const)('an execution by %s', (shell) => {
  let restore: (() => Promise<void>) | undefined;

  beforeAll(async () => {
    if (shell === 'busybox') restore = await busyboxAsShell('main');
  });
  afterAll(() => restore?.());

  test('is one by that shell', async () => {
    const { stdout } = await runner.run(host, { limit: 'wait', key: 'a', script: 'readlink -f /proc/$$/exe' });
    expect(stdout.trim().split('/').at(-1)).toBe(shell);
  });

  test('gives back exit code, output and the end of the errors', async () => {
    const script = 'echo out; seq 1 20000 >&2; exit 3';
    const { code, stdout, stderr } = await runner.run(host, { limit: 'wait', key: 'a', script });
    expect({ code, stdout }).toEqual({ code: 3, stdout: 'out\n' });
    expect(stderr).toHaveLength(8192);
    expect(stderr.endsWith('19999\n20000\n')).toBe(true);
  });

  test('reads its data to the last byte and nothing more', async () => {
    const data = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256));
    const script = 'sum=$(sha256sum); echo "${sum%% *}"; wc -c </dev/stdin';
    const first = await runner.run(host, { limit: 'wait', key: 'a', script, data });
    const { createHash } = await import('node:crypto');
    expect(first.stdout.split('\n')[0]).toBe(createHash('sha256').update(data).digest('hex'));
    expect((await runner.run(host, { limit: 'wait', key: 'a', script: 'cat; echo end' })).stdout).toBe('end\n');
  });

  test('that is over just when it is stopped leaves no mark of that', async () => {
    for (let time = 0; time < 20; time += 1) {
      const stop = new AbortController();
      const onLine = (): void => stop.abort();
      await runner
        .run(host, { limit: 'wait', key: 'late', script: 'echo last', onLine, signal: stop.signal })
        .catch(() => undefined);
    }
    const marks = async () => (await onHost('main', 'find', '/run/kvm-compose/exec', '-name', '*.stop')).trim();
    await expect.poll(marks, { timeout: 5000 }).toBe('');
  });

  test('passes lines on while it runs', async () => {
    const lines: string[] = [];
    const script = 'echo one; read -r line; echo "two $line"; printf three';
    await runner.run(host, {
      limit: 'wait',
      key: 'a',
      script,
      data: Buffer.from('x\n'),
      onLine: (line) => lines.push(line),
    });
    expect(lines).toEqual(['one', 'two x', 'three']);
  });

  test('survives the limits that sshd has by default, thirty at a time', async () => {
    const work = Array.from({ length: 30 }, (_, index) =>
      runner.run(host, { limit: 'wait', key: `parallel-${index}`, script: `sleep 0.5; echo ${index}` }),
    );
    const outputs = (await Promise.all(work)).map(({ stdout }) => Number(stdout));
    expect(outputs).toEqual(Array.from({ length: 30 }, (_, index) => index));
  });

  test('takes over from an earlier one under its key, which is gone before it begins', async () => {
    const earlier = failureOf(
      runner.run(host, { limit: 'wait', key: 'same', script: 'trap "" TERM; sleep 7101 & sleep 7101; sleep 7101' }),
    );
    await untilAsleep(7101, 2);
    const { stdout } = await runner.run(host, {
      limit: 'wait',
      key: 'same',
      script: 'pgrep -x -f "sleep 7101" | while read -r pid; do [ -e /proc/$pid/exe ] && echo alive; done; echo begun',
    });
    expect(stdout).toBe('begun\n');
    expect(await earlier).toMatchObject({ class: 'transient', message: 'a newer attempt took this work over' });
  });

  test('that is aborted is gone from the host when the caller hears of it', async () => {
    const controller = new AbortController();
    const running = runner.run(host, {
      limit: 'wait',
      key: 'a',
      script: 'sleep 7102 & sleep 7102',
      signal: controller.signal,
    });
    await untilAsleep(7102, 2);
    const reason = new Error('cancelled by a person');
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(await sleepers(7102)).toEqual([]);
  });

  test('loses the folder it worked in, however it ends', async () => {
    const folders = async (): Promise<string> =>
      (await runner.run(host, { limit: 'wait', key: 'look', script: 'find /run/kvm-compose/exec -name "*.work"' }))
        .stdout;
    await runner.run(host, { limit: 'wait', key: 'ends', script: 'mkdir "$work"; echo x >"$work/x"' });
    expect(await folders()).toBe('');
    const controller = new AbortController();
    const script = 'mkdir "$work"; echo x >"$work/x"; sleep 7104';
    const running = runner.run(host, { limit: 'wait', key: 'killed', script, signal: controller.signal });
    await untilAsleep(7104, 1);
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await vi.waitFor(async () => expect(await folders()).toBe(''));
  });

  test('that is aborted before it started never starts', async () => {
    const controller = new AbortController();
    const running = runner.run(host, { limit: 'wait', key: 'a', script: 'sleep 7103', signal: controller.signal });
    controller.abort(new Error('at once'));
    await expect(running).rejects.toThrow('at once');
    await runner.run(host, { limit: 'wait', key: 'a', script: 'true' });
    expect(await sleepers(7103)).toEqual([]);
  });

  test('whose connection is cut is not taken for ended; it goes on until the next takes over', async () => {
    const cut = failureOf(runner.run(host, { limit: 'wait', key: 'cut', script: 'seq 1 100000; sleep 7104' }));
    await untilAsleep(7104);
    await onHost('main', 'pkill', '-KILL', '-f', 'sshd: root@notty');
    expect(await cut).toMatchObject({ code: 'host-unreachable', class: 'host', host: 'main' });
    expect(await sleepers(7104)).toHaveLength(1);
    await runner.run(host, { limit: 'wait', key: 'cut', script: 'true' });
    expect(await sleepers(7104)).toEqual([]);
  });

  test('leaves no process and no file behind', async () => {
    await runner.run(host, { limit: 'wait', key: 'tidy', script: 'sleep 7105 & echo started', data: Buffer.from('x') });
    expect(await sleepers(7105)).toEqual([]);
    await expect
      .poll(async () =>
        (await onHost('main', 'ls', '/run/kvm-compose/exec')).split('\n').filter((name) => !name.startsWith('lock.')),
      )
      .toEqual([]);
  });
});

describe('a command that gives no sign of life', () => {
  const limits = { start: 2, files: 2 };

  test('is stopped within the limit of its class, and named with what to do', async () => {
    await runner.close();
    runner = createRunner({ limits });
    const start = performance.now();
    const failure = await failureOf(runner.run(host, { limit: 'start', key: 'hung', script: 'echo on; sleep 7106' }));
    expect(failure).toMatchObject({
      code: 'command-hung',
      class: 'permanent',
      host: 'main',
      command: 'sleep 7106',
      message: '`sleep 7106` on main gave no sign of life for 2 s and was stopped',
    });
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(await sleepers(7106)).toEqual([]);
    const { stdout } = await runner.run(host, { limit: 'start', key: 'hung', script: 'echo again' });
    expect(stdout).toBe('again\n');
  });

  test('goes on as long as it says something, or its bytes move where it is about files', async () => {
    await runner.close();
    runner = createRunner({ limits });
    const says = 'for n in 1 2 3 4 5; do sleep 1; echo $n; done';
    const moves = 'for n in 1 2 3 4 5 6; do sleep 1; head -c 4096 /dev/zero; done | cat >/dev/null; echo whole';
    const ended = await Promise.all([
      runner.run(host, { limit: 'start', key: 'says', script: says }),
      runner.run(host, { limit: 'files', key: 'moves', script: moves }),
    ]);
    expect(ended.map(({ stdout }) => stdout)).toEqual(['1\n2\n3\n4\n5\n', 'whole\n']);
  });
});

describe('a host that cannot be used', () => {
  test('is named with its address when nobody answers', async () => {
    const failure = await failureOf(runner.run({ ...host, port: 2 }, { limit: 'wait', key: 'a', script: 'true' }));
    expect(failure).toMatchObject({ code: 'host-unreachable', class: 'host', host: 'main', object: host.address });
  });

  test('is refused when its host key is not known', async () => {
    const failure = await failureOf(
      runner.run({ ...host, knownHostsFile: '/dev/null' }, { limit: 'wait', key: 'a', script: 'true' }),
    );
    expect(failure).toMatchObject({
      code: 'host-key',
      class: 'permanent',
      hint: expect.stringContaining('ssh-keyscan'),
    });
  });

  test('is named when it refuses the key', async () => {
    const failure = await failureOf(
      runner.run({ ...host, user: 'nobody' }, { limit: 'wait', key: 'a', script: 'true' }),
    );
    expect(failure).toMatchObject({ code: 'host-auth', class: 'permanent', object: host.address });
  });
});

describe('a stream', () => {
  test.each(['ssh', 'local'] as const)('carries bytes to and from a command: %s', async (connection) => {
    const stream = await runner.open({ ...host, connection }, ['sh', '-c', 'read -r line; echo "heard $line"']);
    stream.write('it’s $HOME "x"\n');
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('heard it’s $HOME "x"\n');
  });
});
