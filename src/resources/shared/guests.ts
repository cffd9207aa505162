import type { Answers, QueryName } from '../../model/transport/op.ts';
import type { KindName } from '../../model/kind.ts';
import type { Ref } from '../../model/ref.ts';
import type { DomainAnswer } from '../../model/transport/libvirt.ts';
import type { Edge, RuntimeState } from '../contract.ts';

/** A kind that is a guest, as those see it that are about guests and may not import it. */
interface RuntimeSource {
  readonly kind: KindName;
  readonly asks: QueryName;
  /** How the guest of that name on the host is, in the host's answers. */
  state(answers: Answers, name: string): RuntimeState | undefined;
}

/** Every kind that is a guest. Its guest's name on the host is the same whichever of them it is. */
export const runtimeSources: readonly RuntimeSource[] = [
  {
    kind: 'libvirt.domain',
    asks: 'libvirt',
    state: ({ libvirt }, name) => {
      const domain = libvirt?.domains.find((each) => each.name === name);
      return domain && stateOfDomain(domain);
    },
  },
];

/** Every kind that is a guest's place on a network. */
export const attachmentKinds: readonly KindName[] = ['ovn.switch-port'];

/** How a guest is, whatever it is; undefined where it is not there. */
export function stateOfGuest(answers: Answers, name: string): RuntimeState | undefined {
  for (const source of runtimeSources) {
    const state = source.state(answers, name);
    if (state) return state;
  }
  return undefined;
}

/** Needs a guest, whatever it is: of the kinds that may be it only one is there. */
export function needsGuest(name: string, how: Edge['how']): Edge[] {
  return runtimeSources.map(({ kind }) => ({ ref: `${kind}:${name}`, how }));
}

/** A guest's place on a network, whatever it is. */
export function attachmentRefs(name: string): Ref[] {
  return attachmentKinds.map((kind) => `${kind}:${name}` as const);
}

function stateOfDomain({ state, boot, asked }: DomainAnswer): RuntimeState {
  return {
    power: state === 'running' ? 'on' : state === 'paused' ? 'paused' : 'off',
    ...(boot === '' ? {} : { boot }),
    ...(asked === undefined ? {} : { asked: true }),
  };
}
