import type { KindName } from '../../src/model/kind.ts';
import type { Request, VerbName } from '../../src/model/request.ts';
import { refOf } from '../../src/model/ref.ts';
import type { Resource } from '../../src/model/resources.ts';
import { goals, laboratory } from './goals.ts';
import type { Lab } from './lab.ts';

/** A state in which a person may ask something of a thing. */
export type StateName = 'running' | 'off' | 'paused' | 'stopped by a person' | 'paused by a person' | 'absent';

/** What asking comes to: something is done, it is so already, or it is refused. */
export type Ends = 'does' | 'already' | 'refused';

/** Verbs of a kind with what each comes to from every state. A verb that a kind has and this table has not does not compile. */
export interface VerbCase {
  readonly verb: VerbName;
  readonly kind: KindName;
  readonly from: Readonly<Record<StateName, Ends>>;
  /** What was done cannot be undone, and the plan says so. */
  readonly irreversible?: true;
}

const everywhere = {
  running: 'does',
  off: 'does',
  paused: 'does',
  'stopped by a person': 'does',
  'paused by a person': 'does',
} as const;

/** By verb: one line for each kind that knows it. */
export const verbCases: { readonly [V in VerbName]: readonly VerbCase[] } = {
  start: [
    {
      verb: 'start',
      kind: 'libvirt.domain',
      from: { ...everywhere, running: 'already', absent: 'refused' },
    },
  ],
  stop: [
    {
      verb: 'stop',
      kind: 'libvirt.domain',
      from: { ...everywhere, 'stopped by a person': 'already', absent: 'refused' },
    },
  ],
  restart: [{ verb: 'restart', kind: 'libvirt.domain', from: { ...everywhere, absent: 'refused' } }],
  pause: [
    {
      verb: 'pause',
      kind: 'libvirt.domain',
      from: {
        running: 'does',
        off: 'refused',
        paused: 'does',
        'stopped by a person': 'refused',
        'paused by a person': 'already',
        absent: 'refused',
      },
    },
  ],
  resume: [
    {
      verb: 'resume',
      kind: 'libvirt.domain',
      from: {
        running: 'already',
        off: 'refused',
        paused: 'does',
        'stopped by a person': 'refused',
        'paused by a person': 'does',
        absent: 'refused',
      },
    },
  ],
  rebuild: [
    { verb: 'rebuild', kind: 'disk', from: { ...everywhere, absent: 'refused' }, irreversible: true },
    { verb: 'rebuild', kind: 'ovn.acl', from: { ...everywhere, absent: 'already' } },
  ],
  rerun: [
    {
      verb: 'rerun',
      kind: 'script',
      from: {
        running: 'does',
        off: 'does',
        paused: 'does',
        'stopped by a person': 'does',
        'paused by a person': 'does',
        absent: 'does',
      },
      irreversible: true,
    },
  ],
};

/** A request of a verb about the goal of a kind. */
export function requestOf({ verb, kind }: Pick<VerbCase, 'verb' | 'kind'>, id = 'request-1'): Request {
  return { verb, ref: refOf(goals[kind]), by: 'ann', at: '2026-11-28T14:31:00.000Z', id };
}

/** Plans a request and nothing else. */
export function planOfRequest(lab: Lab, request: Request, desired: readonly Resource[] = laboratory) {
  return lab.plan(desired, { replace: false, lose: true, requests: [request], only: 'requests' });
}

/** Brings a whole laboratory into a state. */
export const states: { readonly [S in StateName]: (lab: Lab) => Promise<void> } = {
  running: () => Promise.resolve(),
  off: async (lab) => {
    lab.world.host('h2').domains['lab-web']!.state = 'shut off';
  },
  paused: async (lab) => {
    lab.world.host('h2').domains['lab-web']!.state = 'paused';
  },
  'stopped by a person': (lab) => ask(lab, 'stop'),
  'paused by a person': (lab) => ask(lab, 'pause'),
  absent: async (lab) => {
    await lab.run((await lab.plan([])).plan);
  },
};

async function ask(lab: Lab, verb: VerbName): Promise<void> {
  const { plan } = await planOfRequest(lab, requestOf({ verb, kind: 'libvirt.domain' }, `${verb}-before`));
  await lab.run(plan);
}
