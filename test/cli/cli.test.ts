import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { fakeGateway, type FakeGateway } from '../support/fake-gateway.ts';

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

describe('guests', () => {
  const host = { name: 'main', connection: 'local', address: '127.0.0.1', port: 22, user: 'root', accelerator: 'auto' };
  const reach = { namespace: 'kc-lab', link: 'kb-1', address: 'fe80::1', user: 'nocloud', host };
  const guest = { name: 'web', host: 'main', domain: 'lab-web', state: 'running', addresses: [], ready: true, reach };
  const data = { deployment: 'lab', hosts: [], guests: [guest], resources: 1, missing: 0, surplus: 0 };
  const gateway = (): FakeGateway =>
    fakeGateway((frame, peer) => peer.send({ type: 'result', id: frame.id, status: 'completed', data }));

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
