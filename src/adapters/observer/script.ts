import { hostRoot } from '../../model/host.ts';
import type { QueryName } from '../../model/transport/op.ts';
import { readProgram } from '../../programs/read-program.ts';
import { selectInterfaces } from '../host/ovs-interfaces.ts';
import { shellConstants } from '../runner/constants.ts';
import type { Query } from './query.ts';

const constants = shellConstants({ HOST_ROOT: hostRoot });
const ownProgram = readProgram(import.meta.url, './observe.sh');

/** What one read of a host is composed of. */
export interface ObserveParts {
  readonly queries: ReadonlyMap<QueryName, Pick<Query, 'program' | 'data'>>;
  /** Looked for on the host: what carriers use. */
  readonly tools: readonly string[];
}

/** One program for all that is asked, so that a host is read in one execution, and its data: one line for each part. */
export function observation(
  { queries, tools }: ObserveParts,
  token: string,
  deployment = '',
): { readonly script: string; readonly data: Buffer } {
  const all = [...queries.values()];
  const wanted = deployment === '' ? undefined : deployment;
  const lines = [token, deployment, ...all.map(({ data }) => data?.(wanted) ?? '')];
  // All is read before any of it is used, or a program that reads its standard input would swallow the others' lines.
  const reads = all.map((_, n) => `read -r data_${n}\n`).join('');
  const programs = all.map(({ program }, n) => `DATA=$data_${n}\n${program}\n`).join('');
  const shared = shellConstants({ SELECT_INTERFACES: selectInterfaces, TOOLS: tools.join(' ') });
  const script = `${constants}${shared}read -r token; read -r DEPLOYMENT\n${reads}${ownProgram}\n${programs}section end\n`;
  return { script, data: Buffer.from(`${lines.join('\n')}\n`) };
}

/** Tells by booting something whether `/dev/kvm` is of use. */
export const probeScript = constants + readProgram(import.meta.url, './probe.sh');
