import { isDeepStrictEqual } from 'node:util';
import type { Effects } from '../transport.ts';
import { refuseForeign } from '../owned.ts';
import type { LinksState } from './state.ts';

/** Namespaces and veth pairs. A namespace is there while a link of its deployment is. */
export const linksEffects: Effects<'links', LinksState> = {
  transport: 'links',
  atomic: false,
  apply: (op, host, context) => {
    const outer = op.do === 'ensure' ? op.link.outer : op.outer;
    const before = host.links[outer];
    if (op.do === 'ensure') host.links[outer] = { link: op.link, mark: op.mark };
    else if (before) {
      refuseForeign(before.mark, outer, context);
      delete host.links[outer];
    }
    return isDeepStrictEqual(host.links[outer], before) ? 'already' : 'done';
  },
  half: (op, host) => {
    // The pair is made inside last, so what is left of a torn one is its outer end.
    if (op.do === 'ensure') host.links[op.link.outer] = { link: { ...op.link, inner: '' }, mark: op.mark };
  },
};
