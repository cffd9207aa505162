import { isDeepStrictEqual } from 'node:util';
import { Failure } from '../../../model/failure.ts';
import type { Effects } from '../transport.ts';
import { refuseForeign } from '../owned.ts';
import type { LinksState } from './state.ts';

/** The kernel's IFNAMSIZ, without the byte at the end. */
const longestName = 15;

/** Namespaces and veth pairs. A namespace is there while a link of its deployment is. */
export const linksEffects: Effects<'links', LinksState> = {
  transport: 'links',
  atomic: false,
  apply: (op, host, context) => {
    const outer = op.do === 'ensure' ? op.link.outer : op.outer;
    const before = host.links[outer];
    if (op.do === 'ensure' && outer.length > longestName) throw refusal(outer);
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

function refusal(name: string): Failure {
  const message = `${name} is not a valid name of an interface`;
  return new Failure({ code: 'link-failed', class: 'permanent', message, object: name });
}
