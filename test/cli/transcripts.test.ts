import { describe, expect, test } from 'vitest';
import type { FailureData } from '../../src/model/failure.ts';
import type { ServerFrame } from '../../src/gateway/protocol/frames.ts';
import { type CliSetting, runCli, transcript } from '../support/cli.ts';
import { eventFrame, type FakeGateway, fakeGateway } from '../support/fake-gateway.ts';

const project = `machines:
  - name: web
    network: [ { switch: lan, ip: 10.50.0.11 } ]
    libvirt: { cpus: 1, memory_mb: 128, libvirt_type: { cloud_image: { name: tiny } } }
network:
  ovn:
    switches:
      lan: { subnet: 10.50.0.0/24 }
`;
const files = { '/home/ann/lab/kvm-compose.yaml': project };
const noChange = { create: 0, change: 0, delete: 0, run: 0 };
const outcome = { status: 'completed', summary: noChange, failures: [], skipped: 0, undone: 0, leftovers: [] } as const;

type Told = (id: string) => ServerFrame[];

/** A gateway that acknowledges a run and tells it. */
function telling(told: Told): FakeGateway {
  return fakeGateway((frame, peer) => {
    peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
    for (const each of told(frame.id)) peer.send(each);
  });
}

/** A gateway that refuses or answers everything the same way. */
function answering(answer: (id: string) => ServerFrame): FakeGateway {
  return fakeGateway((frame, peer) => peer.send(answer(frame.id)));
}

const batch = { stage: 'network', host: 'main', data: { batch: 'ovn.main.0', items: 3 } } as const;

const upTold: Told = (id) => [
  eventFrame(id, 1, { code: 'run-started', text: 'up of lab by ann@laptop' }),
  eventFrame(id, 2, { code: 'run-planned', text: '3 to create, 0 to change, 0 to remove, 0 to run' }),
  eventFrame(id, 3, { ...batch, text: 'create 3 ovn.switch-port on main: missing' }),
  eventFrame(id, 4, { ...batch, code: 'item-done', level: 'debug', text: 'port lab-lan-web-0' }),
  eventFrame(id, 5, { ...batch, type: 'log', code: 'script-output', text: 'hello', guest: 'web' }),
  eventFrame(id, 6, { ...batch, code: 'batch-done', text: 'create 3 ovn.switch-port on main: missing' }),
  eventFrame(id, 7, { code: 'run-ended', text: 'up completed' }),
  {
    type: 'result',
    id,
    run: 'lab/run-1',
    status: 'completed',
    data: { ...outcome, summary: { ...noChange, create: 3 } },
  },
];

const failedTold: Told = (id) => [
  eventFrame(id, 1, { code: 'run-started', text: 'up of lab by ann@laptop' }),
  {
    type: 'result',
    id,
    status: 'failed',
    data: {
      ...outcome,
      status: 'failed',
      skipped: 2,
      failures: [
        {
          item: 'create disk:lab-web',
          failure: {
            code: 'no-space',
            class: 'permanent',
            message: 'disk lab-web cannot be made',
            host: 'h2',
            command: 'qemu-img create -f qcow2 /x',
            exitCode: 1,
            stderr: 'qemu-img: No space left on device\n',
            hint: 'make room on h2',
          },
        },
      ],
    },
  },
];

const cancelledTold: Told = (id) => [
  eventFrame(id, 1, { ...batch, code: 'undo-done', text: 'port lab-lan-web-0' }),
  {
    type: 'result',
    id,
    status: 'cancelled',
    data: {
      ...outcome,
      status: 'cancelled',
      undone: 1,
      reason: 'ann@laptop: Ctrl-C',
      leftovers: [{ item: 'create disk:lab-db', why: 'host h2 does not answer' }],
    },
  },
];

const partialTold: Told = (id) => [
  {
    type: 'result',
    id,
    status: 'failed',
    data: {
      ...outcome,
      status: 'failed',
      failures: [
        {
          item: 'host h2',
          failure: {
            code: 'host-unreachable',
            class: 'host',
            message: 'what is on h2 is left: host h2 does not answer: connection refused',
            host: 'h2',
            hint: 'run down again when it answers',
          },
        },
      ],
      leftovers: [{ item: 'guest db', why: 'host h2 does not answer', host: 'h2' }],
    },
  },
];

const askedTold: Told = (id) => [
  eventFrame(id, 1, {
    level: 'warn',
    code: 'decision-asked',
    host: 'h2',
    text: 'create 1 domain on h2: missing: lab-web was refused',
    data: { batch: 'libvirt.h2.0' },
  }),
  eventFrame(id, 2, {
    code: 'decision-made',
    text: 'bob@desk: retry create 1 domain on h2: missing',
    data: { by: 'bob@desk', choice: 'retry', batches: ['libvirt.h2.0'] },
  }),
  { type: 'result', id, status: 'completed', data: outcome },
];

const status = {
  deployment: 'lab',
  hosts: [
    { name: 'main', answered: true },
    { name: 'h2', answered: false, reason: 'connection refused' },
  ],
  guests: [
    { name: 'web', host: 'main', domain: 'lab-web', state: 'running', addresses: ['10.50.0.11'], ready: true },
    { name: 'database', host: 'h2', domain: 'lab-database', state: 'absent', addresses: [], ready: false },
  ],
  resources: 10,
  missing: 3,
  surplus: 0,
};

const runs = [
  {
    deployment: 'lab',
    run: 'run-2',
    command: 'down',
    by: 'ann@laptop',
    status: 'running',
    startedAt: '2026-11-24T09:59:30.000Z',
  },
  {
    deployment: 'lab',
    run: 'run-1',
    command: 'up',
    by: 'ann@laptop',
    status: 'completed',
    startedAt: '2026-11-24T09:00:00.000Z',
    endedAt: '2026-11-24T09:02:05.000Z',
  },
];

const garbage = (more: object): object => ({
  installation: '0123abcd',
  hosts: [
    { name: 'main', address: '192.0.2.1', answered: true },
    { name: 'h2', address: '192.0.2.2', answered: true },
  ],
  unread: [],
  surplus: [],
  missing: [],
  foreign: [],
  counts: { surplus: 0, missing: 0, foreign: 0 },
  removals: [],
  ...more,
});

const item = { deployment: 'old', host: 'h2', kind: 'libvirt.domain', name: 'old-web' };
const found = garbage({
  surplus: [{ ...item, why: 'there is no deployment old any more' }],
  missing: [{ ...item, deployment: 'lab', name: 'lab-web', why: 'it is not there' }],
  foreign: [
    { ...item, deployment: 'x', name: 'x-web', installation: 'ffff0000', why: 'it belongs to installation ffff0000' },
  ],
  counts: { surplus: 1, missing: 1, foreign: 1 },
  removals: [{ deployment: 'old', hostsFile: '/etc/hosts.yaml', count: 1 }],
});
const silent = garbage({
  hosts: [{ name: 'main', address: '192.0.2.1', answered: false, reason: 'connection refused' }],
  unread: [{ hostsFile: '/gone/hosts.yaml', reason: 'there is no file /gone/hosts.yaml' }],
});

/** Finds garbage once, removes it, and finds none. */
function collecting(refuse?: FailureData): FakeGateway {
  let looks = 0;
  return fakeGateway((frame, peer) => {
    const { id } = frame;
    if (frame.type === 'garbage') {
      const data = looks++ === 0 || refuse ? found : garbage({});
      return peer.send({ type: 'result', id, status: 'completed', data });
    }
    if (refuse) return peer.send({ type: 'nack', id, failure: refuse });
    peer.send({ type: 'ack', id, run: 'old/run-1' });
    const data = { ...outcome, summary: { ...noChange, delete: 1 } };
    return peer.send({ type: 'result', id, run: 'old/run-1', status: 'completed', data });
  });
}

/** Tells the events of a run that are there now. */
const logged: FakeGateway = fakeGateway((frame, peer) => {
  for (const each of upTold(frame.id)) if (each.type !== 'result') peer.send(each);
  peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
});

const shownRun = {
  deployment: 'lab',
  run: 'run-1',
  command: 'up',
  by: 'ann@laptop',
  status: 'failed',
  startedAt: '2026-11-24T09:00:00.000Z',
  endedAt: '2026-11-24T09:02:05.000Z',
  end: {
    status: 'failed',
    outcome: {
      ...outcome,
      status: 'failed',
      skipped: 2,
      undone: 3,
      leftovers: [{ item: 'create disk:lab-db', why: 'host h2 does not answer' }],
    },
  },
  failures: (failedTold('')[1] as { data: { failures: unknown } }).data.failures,
  stages: [
    { stage: 'network', verb: 'do', milliseconds: 400 },
    { stage: 'distribute', verb: 'do', milliseconds: 61_000 },
    { stage: 'network', verb: 'undo', milliseconds: 1200 },
  ],
};

const held = {
  code: 'busy',
  class: 'permanent',
  message: 'lab is held by up, started by bob@desk at 2026-11-24T09:00:00.000Z',
  object: 'lab/run-1',
  hint: 'watch it: kvm-compose attach lab; stop it: kvm-compose cancel lab',
} as const;

const refusedTold: Told = (id) => {
  const position = { file: 'kvm-compose.yaml', line: 4, column: 78, length: 4 };
  const message = 'the image catalogue does not know `tiny`';
  const diagnostics = [{ severity: 'preflight', code: 'image-missing', message, position }] as const;
  const failure = { code: 'invalid-project', class: 'permanent', message: `…: ${message}`, diagnostics } as const;
  const data = { ...outcome, status: 'failed', failures: [{ item: 'prepare', failure }] };
  return [{ type: 'result', id, status: 'failed', failure, data }];
};

const hash = 'a'.repeat(64);
const savedPlan = JSON.stringify({
  version: 1,
  fingerprint: { plan: hash, desired: hash, observed: hash },
  options: {},
  plan: { deployment: 'lab' },
});

const staleTold: Told = (id) => {
  const message = 'the saved plan is stale: since it was made, what the hosts hold changed';
  const hint = 'look at a new plan (kvm-compose plan --out FILE), then apply that; nothing has been touched';
  const failure = { code: 'plan-stale', class: 'plan', message, object: 'lab', hint } as const;
  const data = { ...outcome, status: 'failed', failures: [{ item: 'prepare', failure }] };
  return [{ type: 'result', id, status: 'failed', failure, data }];
};

const sessions: Record<string, [line: string, setting: CliSetting]> = {
  help: ['--help', {}],
  'help-up': ['up --help', {}],
  'plan-offline': ['plan --offline', { files }],
  'plan-offline-json': ['plan --offline --format json', { files }],
  'plan-offline-exitcode': ['plan --offline --detailed-exitcode', { files }],
  'generate-artefacts-offline': ['generate-artefacts --offline', { files }],
  'generate-artefacts-json': ['generate-artefacts --offline --format json', { files }],
  'clear-artefacts': ['clear-artefacts', { files }],
  'plan-of-nothing': ['up --plan plan.json', { files: { ...files, '/home/ann/lab/plan.json': '{}' } }],
  'validate-fine': ['validate', { files }],
  'validate-unknown-switch': [
    'validate',
    { files: { '/home/ann/lab/kvm-compose.yaml': project.replace('switch: lan', 'switch: lam') } },
  ],
  'validate-unknown-image': ['validate', { files, images: [] }],
  'validate-unknown-image-strict': ['validate --strict', { files, images: [] }],
  'validate-json': ['validate --format json', { files, images: [] }],
  'validate-sarif': ['validate --format sarif', { files, images: [] }],
  'validate-dotenv': [
    'validate',
    {
      files: {
        '/home/ann/lab/kvm-compose.yaml': project.replace('lan, ip: 10.50.0.11', '"${LAN}", ip: "${ADDRESS}"'),
        '/home/ann/lab/.env': 'LAN=lan\n# the web server\nADDRESS="10.50.0.11\n',
      },
      env: { ADDRESS: '10.50.0.12' },
    },
  ],
  'validate-include': [
    'validate',
    {
      files: {
        '/home/ann/lab/kvm-compose.yaml': `include: [parts/more.yaml]\n${project}`,
        '/home/ann/lab/parts/more.yaml': 'machines:\n  - name: web\n    libvirt: { cpus: 0, memory_mb: 64 }\n',
      },
    },
  ],
  'no-file': ['up', {}],
  'no-yaml': ['up', { files: { '/home/ann/lab/kvm-compose.yaml': 'machines: [\n  - {' } }],
  'no-such-command': ['upp', {}],
  'no-such-format': ['status --format xml', {}],
  'bad-name': ['--project-name ../etc plan --offline', { files }],
  'up-plain': ['up', { files, gateway: telling(upTold) }],
  'up-starts-server': ['up', { files, gateway: telling(upTold), stopped: true }],
  'up-json': ['up --progress json', { files, gateway: telling(upTold) }],
  'up-quiet': ['up --progress quiet', { files, gateway: telling(upTold) }],
  'up-format-json': ['up --progress quiet --format json', { files, gateway: telling(upTold) }],
  'up-detached': ['up --detach', { files, gateway: telling(() => []) }],
  'up-failed': ['up', { files, gateway: telling(failedTold) }],
  'up-refused-by-server': ['up', { files, gateway: telling(refusedTold) }],
  'up-busy': ['up', { files, gateway: answering((id) => ({ type: 'nack', id, failure: held })) }],
  'up-stale-plan': [
    'up --plan plan.json',
    { files: { ...files, '/home/ann/lab/plan.json': savedPlan }, gateway: telling(staleTold) },
  ],
  'up-again': ['up', { files, gateway: telling((id) => [{ type: 'result', id, status: 'completed', data: outcome }]) }],
  'attach-cancelled': ['attach lab', { gateway: telling(cancelledTold) }],
  'down-partial': ['down --skip-unreachable', { gateway: telling(partialTold) }],
  'up-asks': ['up --on-failure ask', { files, gateway: telling(askedTold) }],
  'up-bad-wait': ['up --undo-wait soon', { files }],
  decide: [
    'decide lab retry --batch libvirt.h2.0',
    { gateway: answering((id) => ({ type: 'ack', id, run: 'lab/run-1', data: { decided: ['libvirt.h2.0'] } })) },
  ],
  status: ['status', { gateway: answering((id) => ({ type: 'result', id, status: 'completed', data: status })) }],
  runs: ['runs', { gateway: answering((id) => ({ type: 'ack', id, data: runs })) }],
  'runs-list': ['runs list lab', { gateway: answering((id) => ({ type: 'ack', id, data: runs })) }],
  'runs-show': ['runs show lab', { gateway: answering((id) => ({ type: 'ack', id, data: shownRun })) }],
  logs: ['logs lab', { gateway: logged }],
  'logs-of-guest': ['logs lab --guest web', { gateway: logged }],
  'logs-debug-json': ['logs lab --level debug --format json', { gateway: logged }],
  'logs-follow': ['logs lab --follow --level error', { gateway: telling(upTold) }],
  bundle: [
    'bundle lab',
    {
      gateway: answering((id) => ({
        type: 'result',
        id,
        status: 'completed',
        data: { path: '/var/lib/x/lab-up-1.tar.gz', files: 12, silent: [{ host: 'h2', reason: 'connection refused' }] },
      })),
    },
  ],
  gc: ['gc', { gateway: collecting() }],
  'gc-yes': ['gc --yes', { gateway: collecting() }],
  'gc-busy': ['gc --yes', { gateway: collecting(held) }],
  'gc-nothing': [
    'gc --yes',
    { gateway: answering((id) => ({ type: 'result', id, status: 'completed', data: garbage({}) })) },
  ],
  'gc-silent-host': ['gc', { gateway: answering((id) => ({ type: 'result', id, status: 'completed', data: silent })) }],
  'gc-asks': ['gc', { gateway: collecting(), keys: (press) => (press('y'), () => undefined) }],
  cancel: ['cancel', { gateway: answering((id) => ({ type: 'ack', id, run: 'lab/run-1' })) }],
  'server-status': ['server status', {}],
  'server-status-stopped': ['server status', { stopped: true }],
  'server-start': ['server start', { stopped: true }],
  'server-start-twice': ['server start', {}],
  'server-stop': ['server stop', {}],
  'server-logs': ['server logs worker -n 3', {}],
  'server-logs-of-nobody': ['server logs nobody', {}],
  'ssh-unknown-guest': [
    'ssh mail',
    { gateway: answering((id) => ({ type: 'result', id, status: 'completed', data: status })) },
  ],
  'ssh-absent-guest': [
    'ssh database',
    { gateway: answering((id) => ({ type: 'result', id, status: 'completed', data: status })) },
  ],
};

describe('a session reads as it should', () => {
  test.each(Object.entries(sessions))('%s', async (name, [line, setting]) => {
    const words = line.split(' ');
    await expect(transcript(words, await runCli(words, setting))).toMatchFileSnapshot(`../transcripts/${name}.txt`);
  });
});
