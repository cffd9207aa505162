import type { RunOutcome } from '../../src/api/answers/outcome.ts';
import type { ServerFrame } from '../../src/gateway/protocol/frames.ts';
import { answerOf, endOf } from '../support/answers.ts';
import { eventFrame, type FakeGateway, fakeGateway } from '../support/fake-gateway.ts';

/** A plan with nothing in it. */
export const noChange = { create: 0, change: 0, delete: 0, run: 0 };
/** How a run ended that did what it was to do. */
export const outcome: RunOutcome = {
  status: 'completed',
  summary: noChange,
  failures: [],
  skipped: 0,
  undone: 0,
  leftovers: [],
};

type Told = (id: string) => ServerFrame[];

/** A gateway that acknowledges a run and tells it. */
export function telling(told: Told): FakeGateway {
  return fakeGateway((frame, peer) => {
    peer.send({ type: 'ack', id: frame.id, run: 'lab/run-1' });
    for (const each of told(frame.id)) peer.send(each);
  });
}

/** A gateway that refuses or answers everything the same way. */
export function answering(answer: (id: string) => ServerFrame): FakeGateway {
  return fakeGateway((frame, peer) => peer.send(answer(frame.id)));
}

const batch = { stage: 'network', host: 'main', data: { batch: 'ovn.main.0', items: 3 } } as const;

/** A run that makes three ports and a script's line. */
export const upTold: Told = (id) => [
  eventFrame(id, 1, { code: 'run-started', text: 'up of lab by ann@laptop' }),
  eventFrame(id, 2, { code: 'run-planned', text: '3 to create, 0 to change, 0 to remove, 0 to run' }),
  eventFrame(id, 3, { ...batch, text: 'create 3 ovn.switch-port on main: missing' }),
  eventFrame(id, 4, { ...batch, code: 'item-done', level: 'debug', text: 'port lab-lan-web-0' }),
  eventFrame(id, 5, { ...batch, type: 'log', code: 'script-output', text: 'hello', guest: 'web' }),
  eventFrame(id, 6, { ...batch, code: 'batch-done', text: 'create 3 ovn.switch-port on main: missing' }),
  eventFrame(id, 7, { code: 'run-ended', text: 'up completed' }),
  endOf(id, { ...outcome, summary: { ...noChange, create: 3 } }),
];

/** The end of a run that did not complete, where it differs from one that did. */
function ended(id: string, status: 'failed' | 'cancelled', data: Partial<RunOutcome>): ServerFrame {
  return endOf(id, { ...outcome, status, ...data });
}

/** A disk that could not be made. */
export const noSpace: RunOutcome['failures'][number] = {
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
};

/** A run that failed at a disk. */
export const failedTold: Told = (id) => [
  eventFrame(id, 1, { code: 'run-started', text: 'up of lab by ann@laptop' }),
  ended(id, 'failed', { skipped: 2, failures: [noSpace] }),
];

/** A run that was cancelled, and left something over. */
export const cancelledTold: Told = (id) => [
  eventFrame(id, 1, { ...batch, code: 'undo-done', text: 'port lab-lan-web-0' }),
  ended(id, 'cancelled', {
    undone: 1,
    reason: 'ann@laptop: Ctrl-C',
    leftovers: [{ item: 'create disk:lab-db', why: 'host h2 does not answer' }],
  }),
];

/** A `down` that went without a host. */
export const partialTold: Told = (id) => [
  ended(id, 'failed', {
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
  }),
];

/** A run that asked, and was answered from elsewhere. */
export const askedTold: Told = (id) => [
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
  endOf(id, outcome),
];

/** Tells the events of a run that are there now. */
export const logged: FakeGateway = fakeGateway((frame, peer) => {
  for (const each of upTold(frame.id)) if (each.type !== 'result') peer.send(each);
  peer.send(answerOf('events', { status: 'completed' }, 'lab/run-1')(frame.id));
});

/** Why a second command is refused. */
export const held = {
  code: 'busy',
  class: 'permanent',
  message: 'lab is held by up, started by bob@desk at 2026-11-24T09:00:00.000Z',
  object: 'lab/run-1',
  hint: 'watch it: kvm-compose attach lab; stop it: kvm-compose cancel lab',
} as const;

/** A run the server refused after reading the file. */
export const refusedTold: Told = (id) => {
  const position = { file: 'kvm-compose.yaml', line: 4, column: 78, length: 4 };
  const message = 'the image catalogue does not know `tiny`';
  const diagnostics = [{ severity: 'preflight', code: 'image-missing', message, position }] as const;
  const failure = { code: 'invalid-project', class: 'permanent', message: `…: ${message}`, diagnostics } as const;
  return [endOf(id, { ...outcome, status: 'failed', failures: [{ item: 'prepare', failure }] }, failure)];
};

/** A run of a saved plan, after the hosts moved. */
export const staleTold: Told = (id) => {
  const message = 'the saved plan is stale: since it was made, what the hosts hold changed';
  const hint = 'look at a new plan (kvm-compose plan --out FILE), then apply that; nothing has been touched';
  const failure = { code: 'plan-stale', class: 'plan', message, object: 'lab', hint } as const;
  return [endOf(id, { ...outcome, status: 'failed', failures: [{ item: 'prepare', failure }] }, failure)];
};
