import type { StageName } from '../../model/kind.ts';
import type { LaterKindName } from '../../model/resources.ts';
import { parseRef } from '../../model/ref.ts';
import type { ResourceKind } from '../contract.ts';
import { compareFields } from '../shared/compare.ts';
import { plainUndo } from '../shared/undo.ts';

/** A kind that compiles and plans but has no carrier yet: `up` refuses it before anything is touched. */
function defineLaterKind<K extends LaterKindName>(kind: K, stage: StageName, what: string): ResourceKind<K> {
  return {
    kind,
    transport: 'later',
    stage,
    asks: [],
    needs: (resource) =>
      resource.needs.flatMap((text) => {
        const ref = parseRef(text);
        return ref === undefined ? [] : [{ ref, how: 'after' } as const];
      }),
    compare: (goal, observed) => compareFields(goal, observed),
    undo: (change, _goal, observed) => plainUndo(change, observed),
    parse: () => [],
    render: (_goal, _mark, was) => ({ transport: 'later', why: `${what} ${was.name} is not supported yet` }),
    describe: (resource) => `${what} ${resource.name} on ${resource.host}`,
  };
}

/** What the file format has and no carrier can make yet. */
export const laterKinds: { readonly [K in LaterKindName]: ResourceKind<K> } = {
  'ovs.bridge': defineLaterKind('ovs.bridge', 'network', 'bridge'),
  'ovs.tunnel': defineLaterKind('ovs.tunnel', 'network', 'tunnel'),
  'ovs.link': defineLaterKind('ovs.link', 'network', 'bridge link'),
  'libvirt.network': defineLaterKind('libvirt.network', 'network', 'libvirt network'),
  container: defineLaterKind('container', 'start', 'container'),
  android: defineLaterKind('android', 'start', 'Android emulator'),
  image: defineLaterKind('image', 'images', 'image'),
  golden: defineLaterKind('golden', 'images', 'golden image'),
};
