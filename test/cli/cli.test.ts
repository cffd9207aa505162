import { describe, expect, test } from 'vitest';
import type { Host } from '../../src/model/host.ts';
import { answerOf } from '../support/answers.ts';
import { runCli } from '../support/cli.ts';
import { eventFrame, fakeGateway, type FakeGateway, type Peer } from '../support/fake-gateway.ts';

const project = 'machines: []\nnetwork: { ovn: { switches: { lan: { subnet: 10.50.0.0/24 } } } }\n';
const at = (folder: string): Record<string, string> => ({ [`${folder}/kvm-compose.yaml`]: project });

/** Remembers what is asked and answers as if all were well. */
function fine(): FakeGateway {
  return fakeGateway((frame, peer) => {
    peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
    peer.send({ type: 'result', id: frame.id, status: 'completed' });
  });
}

describe('the name of the deployment', () => {
  test.each([
    ['/srv/lab', [], 'lab'],
    ["/srv/my lab (1), 'new'", [], 'my-lab--1----new-'],
    ['/srv/lab', ['--project-name', 'other.one'], 'other-one'],
    ['/srv', ['--input', 'deep/er/kvm-compose.yaml'], 'er'],
  ])('in %s with %j is %s', async (cwd, words, name) => {
    const gateway = fine();
    const folder = words[0] === '--input' ? '/srv/deep/er' : cwd;
    const run = await runCli([...words, 'up'], { cwd, files: at(folder), gateway });
    expect(run.stderr).not.toContain('error');
    expect(gateway.asked[0]).toMatchObject({ deployment: name, folder, file: 'kvm-compose.yaml' });
  });
});

describe('settings', () => {
  const hosts = 'hosts: { main: { address: 10.0.0.1 } }\n';

  test('come from the command line before the environment', async () => {
    const gateway = fine();
    const files = { ...at('/srv/lab'), '/srv/lab/a.yaml': hosts, '/srv/lab/b.yaml': hosts };
    const env = { KVM_COMPOSE_HOSTS: 'a.yaml' };
    await runCli(['up'], { cwd: '/srv/lab', files, gateway, env });
    await runCli(['up', '--hosts', 'b.yaml'], { cwd: '/srv/lab', files, gateway, env });
    expect(gateway.asked).toMatchObject([{ hostsFile: '/srv/lab/a.yaml' }, { hostsFile: '/srv/lab/b.yaml' }]);
  });

  test('say where they come from when asked', async () => {
    const env = { KVM_COMPOSE_INPUT: 'kvm-compose.yaml' };
    const run = await runCli(['-v', 'plan', '--offline'], { cwd: '/srv/lab', files: at('/srv/lab'), env });
    expect(run.stderr).toContain('--input is kvm-compose.yaml, from KVM_COMPOSE_INPUT');
  });
});

describe('variables', () => {
  const named = project.replace('10.50.0.0/24', '"${SUBNET}"').replace('lan:', '"${NAME:-lan}":');
  const files = {
    '/srv/lab/kvm-compose.yaml': named,
    '/srv/lab/.env': 'SUBNET=10.1.0.0/24\nNAME=fromfile\nSECRET=no\n',
  };

  test.each(['up', 'plan', 'status'])('of the file, and no others, go to the server with %s', async (command) => {
    const gateway = fine();
    await runCli([command], { cwd: '/srv/lab', files, gateway, env: { SUBNET: '10.2.0.0/24', PWD: '/', OTHER: 'x' } });
    expect(gateway.asked[0]).toMatchObject({ variables: { SUBNET: '10.2.0.0/24' } });
    expect(JSON.stringify(gateway.asked[0])).not.toMatch(/SECRET|OTHER|PWD/);
  });

  test('of included files go too', async () => {
    const gateway = fine();
    const part = 'network: { ovn: { switches: { "${PART:?say so}": { subnet: 10.0.0.0/24 } } } }\n';
    const main = 'include: [parts/net.yaml]\nmachines: []\n';
    const both = { '/srv/lab/kvm-compose.yaml': main, '/srv/lab/parts/net.yaml': part };
    await runCli(['up'], { cwd: '/srv/lab', files: both, gateway, env: { PART: 'lan' } });
    expect(gateway.asked[0]).toMatchObject({ variables: { PART: 'lan' } });
  });
});

describe('a request that is too large', () => {
  test('is invalid input: exit code 2, what was too large, the limit and what to do, and no server is asked', async () => {
    const gateway = fine();
    const names = Array.from({ length: 20 }, (_, n) => `TEXT_${n}`);
    const files = {
      '/srv/lab/kvm-compose.yaml': `${project}x-texts: ${JSON.stringify(names.map((name) => `\${${name}}`))}\n`,
    };
    const env = Object.fromEntries(names.map((name) => [name, 'x'.repeat(5000)]));
    for (const words of [['up'], ['up', '--detach'], ['plan'], ['status']]) {
      const run = await runCli(words, { cwd: '/srv/lab', files, gateway, env });
      expect(run.code, words.join(' ')).toBe(2);
      expect(run.stderr).toMatch(/message-too-large/);
      expect(run.stderr).toMatch(/largest part is variables with 10\d{4} bytes/);
      expect(run.stderr).toContain('65536 bytes');
      expect(run.stderr).toContain("project's files");
    }
    expect(gateway.asked).toEqual([]);
  });
});

describe('up', () => {
  test('passes its options on', async () => {
    const gateway = fine();
    const words = 'up -p --keep --on-failure undo --replace'.split(' ');
    await runCli(words, { cwd: '/srv/lab', files: at('/srv/lab'), gateway });
    expect(gateway.asked[0]).toMatchObject({
      command: 'up',
      follow: true,
      options: { forceProvisioning: true, keep: true, onFailure: 'undo', replace: true },
    });
  });

  test('asks no server about a file that is wrong', async () => {
    const gateway = fine();
    const files = { '/srv/lab/kvm-compose.yaml': 'machines: 7\n' };
    expect((await runCli(['up'], { cwd: '/srv/lab', files, gateway, stopped: true })).code).toBe(2);
    expect(gateway.connections).toBe(0);
  });
});

describe('Ctrl-C', () => {
  test('asks the run to stop, and shows how it ends', async () => {
    let press: () => void = () => undefined;
    let finish: () => void = () => undefined;
    const cancelled = fakeGateway((frame, peer) => {
      peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
      if (frame.type === 'command') {
        finish = () => peer.send({ type: 'result', id: frame.id, status: 'cancelled' });
        press();
      } else finish();
    });
    const run = await runCli(['up'], {
      cwd: '/srv/lab',
      files: at('/srv/lab'),
      gateway: cancelled,
      interrupts: (listener) => (press = listener),
    });
    expect(cancelled.asked[1]).toMatchObject({ type: 'cancel', run: 'lab/run-1', by: 'ann@laptop', reason: 'Ctrl-C' });
    expect(run.stderr).toContain('asking the run to stop');
    expect(run.code).toBe(130);
  });
});

describe('a run that asks', () => {
  const asks = (id: string, seq: number, batch: string) =>
    eventFrame(id, seq, { level: 'warn', code: 'decision-asked', text: `${batch} failed`, data: { batch } });

  /** Asks about two batches, takes each answer for an event, and ends when both are answered. */
  function asking(onAsked: () => void): FakeGateway {
    let up = '';
    let following: Peer | undefined;
    let seq = 2;
    const open = new Set(['disks', 'domains']);
    return fakeGateway((frame, peer) => {
      if (frame.type === 'command') {
        peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
        up = frame.id;
        following = peer;
        peer.send(asks(up, 1, 'disks'));
        peer.send(asks(up, 2, 'domains'));
        queueMicrotask(() => queueMicrotask(onAsked));
      } else if (frame.type === 'decide') {
        const batches = frame.batch === undefined ? [...open] : [frame.batch];
        peer.send(answerOf('decide', { decided: batches }, 'lab/run-1')(frame.id));
        batches.forEach((batch) => open.delete(batch));
        following?.send(eventFrame(up, (seq += 1), { code: 'decision-made', data: { batches } }));
        if (open.size === 0) following?.send({ type: 'result', id: up, status: 'completed' });
        else queueMicrotask(() => queueMicrotask(onAsked));
      }
    });
  }

  const up = { cwd: '/srv/lab', files: at('/srv/lab') };
  const answersIn = ({ asked }: FakeGateway) => asked.filter(({ type }) => type === 'decide');

  test('is answered by keys: the oldest question by a small letter', async () => {
    let press: (key: string) => void = () => undefined;
    let released = false;
    const gateway = asking(() => press('r'));
    const keys = (listener: (key: string) => void) => {
      press = listener;
      return () => void (released = true);
    };
    const run = await runCli(['up', '--on-failure', 'ask'], { ...up, gateway, keys });
    expect(answersIn(gateway)).toMatchObject([
      { choice: 'retry', batch: 'disks', by: 'ann@laptop', run: 'lab/run-1' },
      { choice: 'retry', batch: 'domains' },
    ]);
    expect(run.stderr).toContain('disks: (r)etry, (s)kip, or (q) stop the run?');
    expect(released).toBe(true);
    expect(run.code).toBe(0);
  });

  test('is answered by keys: everything by a capital letter', async () => {
    let press: (key: string) => void = () => undefined;
    const gateway = asking(() => press('S'));
    await runCli(['up', '--on-failure', 'ask'], {
      ...up,
      gateway,
      keys: (listener) => {
        press = listener;
        return () => undefined;
      },
    });
    const [first, ...others] = answersIn(gateway);
    expect(first).toMatchObject({ choice: 'skip' });
    expect(first).not.toHaveProperty('batch');
    expect(others).toEqual([]);
  });

  test('says how to answer where nobody sits at a keyboard', async () => {
    let asked = false;
    const gateway = asking(() => {
      if (asked) return;
      asked = true;
      void runCli(['decide', 'lab', 'stop'], { gateway });
    });
    const run = await runCli(['up', '--on-failure', 'ask'], { ...up, gateway });
    expect(run.stderr).toContain('waiting for an answer: kvm-compose decide lab/run-1 retry|skip|stop --batch disks');
    expect(answersIn(gateway)).toMatchObject([{ run: 'lab', choice: 'stop', by: 'ann@laptop' }]);
  });

  test('is not answered with words it does not know', async () => {
    expect((await runCli(['decide', 'lab', 'hope'])).code).toBe(2);
  });
});

describe('guests', () => {
  const host: Host = {
    name: 'main',
    connection: 'local',
    address: '127.0.0.1',
    port: 22,
    user: 'root',
    accelerator: 'auto',
  };
  const reach = { namespace: 'kc-lab', routes: [{ link: 'kb-1', address: 'fe80::1' }], user: 'nocloud', host };
  const known = { name: 'web', host: 'main', domain: 'lab-web', state: 'running', wanted: 'running' } as const;
  const guest = { ...known, addresses: [], ready: true, reach };
  const data = {
    deployment: 'lab',
    hosts: [],
    guests: [guest],
    resources: 1,
    missing: 0,
    surplus: 0,
    asked: 0,
    kept: [],
  };
  const gateway = (): FakeGateway => fakeGateway((frame, peer) => peer.send(answerOf('status', data)(frame.id)));

  test('exec hands over each argument as it is, and ends with the exit code of the guest', async () => {
    const words = ['exec', 'web', '--', 'printf', '%s', "it's $HOME"];
    const run = await runCli(words, { gateway: gateway(), exitOfSpawn: 7 });
    expect(run.code).toBe(7);
    expect(run.spawned[0]!.at(-1)).toBe(`printf %s 'it'\\''s $HOME'`);
  });

  test("ssh leaves words to the guest's shell, as OpenSSH does", async () => {
    const run = await runCli(['ssh', 'web', '--', 'echo', '-n', '$HOME'], { gateway: gateway() });
    expect(run.spawned[0]!.slice(-3)).toEqual(['echo', '-n', '$HOME']);
  });
});
