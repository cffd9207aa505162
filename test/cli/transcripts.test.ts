import { describe, expect, test } from 'vitest';
import { type CliSetting, runCli, transcript } from '../support/cli.ts';
import { answerOf, status } from '../support/answers.ts';
import { collecting, refusing, shownRun, silent } from './answers.ts';
import {
  answering,
  askedTold,
  cancelledTold,
  failedTold,
  held,
  logged,
  partialTold,
  refusedTold,
  staleTold,
  telling,
  upTold,
} from './told.ts';

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

const hash = 'a'.repeat(64);
const savedPlan = JSON.stringify({
  version: 1,
  fingerprint: { plan: hash, desired: hash, observed: hash },
  options: {},
  plan: { deployment: 'lab' },
});

/** A laboratory that is down: its disks are kept. */
const downStatus = {
  ...status,
  guests: [],
  missing: 0,
  kept: [
    { name: 'lab-web', host: 'main', what: 'disk of web', why: 'down keeps disks', bytes: 1_200_000_000 },
    { name: 'lab-db', host: 'h2', what: 'disk of db', why: 'down keeps disks', bytes: 40_000_000 },
  ],
  hosts: status.hosts.map(({ name }) => ({ name, answered: true })),
};

/** One guest is as a person asked, one has a second copy. */
const askedStatus = {
  ...status,
  guests: [
    { ...status.guests[0]!, state: 'stopped by ann at 2026-11-28 14:31 UTC', ready: false },
    { ...status.guests[0]!, name: 'db', alsoOn: ['h2'] },
  ],
  missing: 0,
  asked: 1,
  kept: [{ name: 'lab-old', host: 'main', what: 'disk of old', why: 'its guest is not in the file', bytes: 5_000_000 }],
};

const knownDeployments = [
  {
    name: 'lab',
    folder: '/home/ann/lab',
    file: 'kvm-compose.yaml',
    hostsFile: '/home/ann/lab/hosts.yaml',
    hosts: ['main', 'h2'],
    placement: { web: 'main', db: 'h2' },
    status: 'up completed',
  },
];

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
  'up-json': ['up --progress json', { files, gateway: telling(upTold) }],
  'up-failed': ['up', { files, gateway: telling(failedTold) }],
  'up-refused-by-server': ['up', { files, gateway: telling(refusedTold) }],
  'up-busy': ['up', { files, gateway: answering((id) => ({ type: 'nack', id, failure: held })) }],
  'up-stale-plan': [
    'up --plan plan.json',
    { files: { ...files, '/home/ann/lab/plan.json': savedPlan }, gateway: telling(staleTold) },
  ],
  'attach-cancelled': ['attach lab', { gateway: telling(cancelledTold) }],
  'down-partial': ['down --skip-unreachable', { gateway: telling(partialTold) }],
  'up-asks': ['up --on-failure ask', { files, gateway: telling(askedTold) }],
  'up-bad-wait': ['up --undo-wait soon', { files }],
  decide: [
    'decide lab retry --batch libvirt.h2.0',
    { gateway: answering(answerOf('decide', { decided: ['libvirt.h2.0'] }, 'lab/run-1')) },
  ],
  'status-of-another-version': [
    'status',
    {
      gateway: answering((id) => {
        const data = { ...status, guests: [{ ...status.guests[0], ready: 'perhaps' }] } as never;
        return { type: 'result', id, status: 'completed', data };
      }),
    },
  ],
  status: ['status', { gateway: answering(answerOf('status', status)) }],
  'status-down': ['status', { gateway: answering(answerOf('status', downStatus)) }],
  'status-asked': ['status', { gateway: answering(answerOf('status', askedStatus)) }],
  'deployment-list': ['deployment list', { gateway: answering(answerOf('deployments', knownDeployments)) }],
  'deployment-info': ['deployment info lab', { gateway: answering(answerOf('deployments', knownDeployments)) }],
  'deployment-info-unknown': ['deployment info lob', { gateway: answering(answerOf('deployments', knownDeployments)) }],
  'deployment-destroy-asks': [
    'deployment destroy lab',
    { gateway: answering(answerOf('deployments', knownDeployments)) },
  ],
  'deployment-reset-state-asks': [
    'deployment reset-state lab',
    { gateway: answering(answerOf('deployments', knownDeployments)) },
  ],
  'deployment-reset-state-unknown': [
    'deployment reset-state lob --yes',
    { gateway: answering(answerOf('deployments', knownDeployments)) },
  ],
  'deployment-reset-state-busy': ['deployment reset-state lab --yes', { gateway: refusing(knownDeployments, held) }],
  'deployment-create-bad-name': ['deployment create ../etc', { files }],
  'deployment-create-no-file': ['deployment create lab', {}],
  'deployment-info-created': [
    'deployment info lab',
    {
      gateway: answering(
        answerOf('deployments', [{ ...knownDeployments[0]!, hosts: [], placement: {}, status: 'created' }]),
      ),
    },
  ],
  'down-purge-asks': ['down --purge', {}],
  'rebuild-asks': ['rebuild web', {}],
  'stop-bad-timeout': ['stop web --timeout soon', {}],
  'stop-both': ['stop web --timeout 5 --force', {}],
  'help-stop': ['stop --help', {}],
  'host-forget-asks': ['host forget h2', {}],
  'runs-show': ['runs show lab', { gateway: answering(answerOf('show', shownRun)) }],
  'logs-debug-json': ['logs lab --level debug --format json', { gateway: logged }],
  'logs-follow': ['logs lab --follow --level error', { gateway: telling(upTold) }],
  gc: ['gc', { gateway: collecting() }],
  'gc-yes': ['gc --yes', { gateway: collecting() }],
  'gc-busy': ['gc --yes', { gateway: collecting(held) }],
  'gc-silent-host': ['gc', { gateway: answering(answerOf('garbage', silent)) }],
  'gc-asks': ['gc', { gateway: collecting(), keys: (press) => (press('y'), () => undefined) }],
  cancel: ['cancel', { gateway: answering(answerOf('cancel', undefined, 'lab/run-1')) }],
  'server-status': ['server status', {}],
  'server-status-stopped': ['server status', { stopped: true }],
  'server-start': ['server start', { stopped: true }],
  'server-start-twice': ['server start', {}],
  'server-stop': ['server stop', {}],
  'server-logs': ['server logs worker -n 3', {}],
  'server-logs-of-nobody': ['server logs nobody', {}],
  'ssh-absent-guest': ['ssh database', { gateway: answering(answerOf('status', status)) }],
};

describe('a session reads as it should', () => {
  test.each(Object.entries(sessions))('%s', async (name, [line, setting]) => {
    const words = line.split(' ');
    await expect(transcript(words, await runCli(words, setting))).toMatchFileSnapshot(`../transcripts/${name}.txt`);
  });
});
