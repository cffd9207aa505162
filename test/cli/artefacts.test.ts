import { describe, expect, test } from 'vitest';
import { type CliRun, runCli } from '../support/cli.ts';
import type { FailureData } from '../../src/model/failure.ts';
import { answerOf, shownPlan } from '../support/answers.ts';
import { fakeGateway, type FakeGateway } from '../support/fake-gateway.ts';

const project = `machines:
  - name: web
    network: [ { switch: lan, ip: 10.50.0.11 } ]
    libvirt: { cpus: 1, memory_mb: 128, libvirt_type: { cloud_image: { name: tiny } } }
network: { ovn: { switches: { lan: { subnet: 10.50.0.0/24 } } } }
`;
const cwd = '/srv/lab';
const files = { '/srv/lab/kvm-compose.yaml': project };
const domain = '/srv/lab/artefacts/web/domain.xml';
const run = (line: string, texts: Readonly<Record<string, string>> = files): Promise<CliRun> =>
  runCli(line.split(' '), { cwd, files: texts });
const generated = await run('generate-artefacts --offline');
const edited = { ...generated.files, [domain]: generated.files[domain]!.replace('128', '192') };

const fingerprint = { plan: 'a'.repeat(64), desired: 'b'.repeat(64), observed: 'c'.repeat(64) };

/** Answers a plan, and every command as if all were well. */
function planning(refused: readonly FailureData[] = []): FakeGateway {
  return fakeGateway((frame, peer) => {
    if (frame.type === 'read') return peer.send(answerOf('plan', shownPlan({ refused, fingerprint }))(frame.id));
    peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
    return peer.send({ type: 'result', id: frame.id, status: 'completed' });
  });
}

describe('generate-artefacts --offline', () => {
  test('writes state and texts, and asks no server', () => {
    expect(generated.code).toBe(0);
    expect(Object.keys(generated.files).sort()).toEqual([
      '/srv/lab/artefacts/links.txt',
      '/srv/lab/artefacts/manifest.json',
      '/srv/lab/artefacts/network.txt',
      '/srv/lab/artefacts/plan.txt',
      domain,
      ...['guest.sh', 'meta-data', 'network-config', 'user-data'].map((name) => `/srv/lab/artefacts/web/${name}`),
      '/srv/lab/kvm-compose.yaml',
      '/srv/lab/lab-state.json',
    ]);
    expect(generated.stdout).toBe('artefacts: 8 written; the state is in lab-state.json\n');
  });

  test('twice writes nothing', async () => {
    const again = await run('generate-artefacts --offline', generated.files);
    expect(again.stdout).toBe('artefacts: 8 unchanged; the state is in lab-state.json\n');
    expect(again.files).toEqual(generated.files);
  });

  test('keeps what was edited, and has it in the state', async () => {
    const again = await run('generate-artefacts --offline', edited);
    expect(again.stdout).toContain('kept artefacts/web/domain.xml: it was edited\n');
    expect(again.files[domain]).toBe(edited[domain]);
    expect(again.files['/srv/lab/lab-state.json']).toContain("<memory unit='MiB'>192");
    const forced = await run('generate-artefacts --offline --force', again.files);
    expect(forced.files).toEqual(generated.files);
  });

  test('writes nothing for a file that is wrong', async () => {
    const wrong = await run('generate-artefacts --offline', { '/srv/lab/kvm-compose.yaml': 'machines: 7\n' });
    expect(wrong.code).toBe(2);
    expect(Object.keys(wrong.files)).toEqual(['/srv/lab/kvm-compose.yaml']);
  });

  const common = Object.keys(generated.files).filter((path) => /artefacts\/[^/]+$/.test(path));
  test.each(common)('keeps a machine apart that is called like %s, and knows what was edited of it', async (path) => {
    const name = path.split('/').at(-1)!;
    const texts = { '/srv/lab/kvm-compose.yaml': project.replace('name: web', `name: ${name}`) };
    const { code, files: after } = await run('generate-artefacts --offline', texts);
    expect(code).toBe(0);
    const paths = Object.keys(after);
    expect(paths).toHaveLength(Object.keys(generated.files).length);
    expect(paths.filter((each) => paths.some((other) => other.startsWith(`${each}/`)))).toEqual([]);
    const own = `/srv/lab/artefacts/${name}~/domain.xml`;
    const { stdout } = await run('plan --offline', { ...after, [own]: after[own]!.replace('128', '192') });
    expect(stdout).toContain(`artefacts/${name}~/domain.xml was edited`);
  });

  test('leaves guests where the state file has them', async () => {
    const hosts = 'hosts: { main: { address: 10.0.0.1 }, h2: { address: 10.0.0.2 } }\n';
    const state = '{"version":1,"deployment":"lab","placement":{"web":"h2"},"resources":[]}';
    const all = { ...files, '/srv/lab/hosts.yaml': hosts, '/srv/lab/lab-state.json': state };
    const { files: after } = await run('generate-artefacts --offline --hosts hosts.yaml', all);
    expect(JSON.parse(after['/srv/lab/lab-state.json']!)).toMatchObject({ placement: { web: 'h2' } });
  });
});

describe('generate-artefacts', () => {
  test('lets the server write', async () => {
    const data = { written: ['artefacts/plan.txt'], unchanged: [], removed: [], kept: [], state: 'lab-state.json' };
    const gateway = fakeGateway((frame, peer) =>
      peer.send({ type: 'result', id: frame.id, status: 'completed', data }),
    );
    const online = await runCli(['generate-artefacts', '--force'], { cwd, files, gateway });
    expect(gateway.asked).toMatchObject([{ type: 'read', what: 'artefacts', folder: cwd, options: { force: true } }]);
    expect(online.stdout).toBe('artefacts: 1 written; the state is in lab-state.json\n');
  });
});

describe('clear-artefacts', () => {
  test('removes what was generated and nothing else', async () => {
    const mine = '/srv/lab/artefacts/web/notes';
    const cleared = await run('clear-artefacts', { ...generated.files, [mine]: 'mine' });
    expect(cleared.stdout).toBe('artefacts: 8 removed\n');
    expect(Object.keys(cleared.files).sort()).toEqual([mine, '/srv/lab/kvm-compose.yaml', '/srv/lab/lab-state.json']);
  });

  test('keeps and names what was edited, unless forced', async () => {
    const cleared = await run('clear-artefacts', edited);
    expect(cleared.stdout).toBe('kept artefacts/web/domain.xml: it was edited\nartefacts: 7 removed, 1 kept\n');
    expect((await run('clear-artefacts --force', cleared.files)).stdout).toBe('artefacts: 1 removed\n');
  });

  test('without artefacts does nothing', async () => {
    expect((await run('clear-artefacts')).stdout).toBe('artefacts: nothing to do\n');
  });
});

describe('plan --offline', () => {
  test('says that an edited text is used', async () => {
    const { stdout } = await run('plan --offline', edited);
    expect(stdout).toContain('create 1 libvirt.domain on main: missing, artefacts/web/domain.xml was edited');
  });

  test('cannot be saved: nobody knows what the hosts hold', async () => {
    expect((await run('plan --offline --out x.json')).code).toBe(2);
  });
});

describe('a saved plan', () => {
  const save = (refused: readonly FailureData[] = []) =>
    runCli(['plan', '--out', 'plan.json', '--replace'], { cwd, files, gateway: planning(refused) });

  test('is what up is told to come to, with the options it was made with', async () => {
    const saved = await save();
    expect(saved.stderr).toContain('saved the plan; do it with kvm-compose up --plan plan.json');
    const gateway = planning();
    const up = await runCli(['up', '--plan', 'plan.json', '--keep'], { cwd, files: saved.files, gateway });
    expect(up.code).toBe(0);
    expect(gateway.asked).toMatchObject([
      { command: 'up', options: { keep: true, replace: true, expect: fingerprint } },
    ]);
  });

  test('holds the plan people were shown', async () => {
    const saved = JSON.parse((await save()).files['/srv/lab/plan.json']!) as unknown;
    expect(saved).toMatchObject({
      version: 1,
      fingerprint,
      options: { replace: true },
      plan: shownPlan().plan,
    });
  });

  test('is not made of a plan that would be refused', async () => {
    const failure = { code: 'needs-replace', class: 'permanent', message: 'disk lab-web would be lost' } as const;
    const saved = await save([failure]);
    expect(saved.code).toBe(1);
    expect(saved.files['/srv/lab/plan.json']).toBeUndefined();
  });

  test.each([
    ['of another deployment', JSON.stringify({ version: 1, fingerprint, options: {}, plan: { deployment: 'x' } })],
    ['that is none', '{"version":1}'],
    ['cut short', '{"version":1,'],
    [
      'with a hash that is none',
      JSON.stringify({ version: 1, fingerprint: {}, options: {}, plan: { deployment: 'lab' } }),
    ],
  ])('%s is refused before a server is asked', async (_name, text) => {
    const gateway = planning();
    const up = await runCli(['up', '--plan', 'plan.json'], {
      cwd,
      files: { ...files, '/srv/lab/plan.json': text },
      gateway,
    });
    expect(up.code).toBe(2);
    expect(gateway.asked).toEqual([]);
  });
});

describe('a state file or manifest that cannot be read', () => {
  test.each(['lab-state.json', 'artefacts/manifest.json'])('stops a command: %s', async (name) => {
    const { code, stderr } = await run('plan --offline', { ...files, [`/srv/lab/${name}`]: '<<<<<<< HEAD' });
    expect(stderr).toContain(`${name} cannot be read`);
    expect(code).toBe(2);
  });
});
