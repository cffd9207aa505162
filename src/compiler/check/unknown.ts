import type { Position } from '../../model/diagnostic.ts';
import { didYouMean } from '../../model/similar.ts';
import type { CompileContext } from '../compile-context.ts';

/** Reports a switch (in the older format, a bridge) that does not exist; true when it does not. */
export function unknownSwitch({ testbed, findings }: CompileContext, name: string, at: Position): boolean {
  const { network } = testbed;
  const [what, known] =
    network.kind === 'ovn'
      ? (['switch', network.switches.map((each) => each.name)] as const)
      : (['bridge', network.bridges.map((each) => each.name)] as const);
  if (known.includes(name)) return false;
  findings.error(at, `unknown-${what}`, `there is no ${what} \`${name}\``, didYouMean(name, known));
  return true;
}

/** Reports a host that is not in the hosts file; it may be in another one. */
export function unknownHost({ findings, inventory }: CompileContext, name: string, at: Position): void {
  const known = inventory.hosts.map((host) => host.name);
  if (known.includes(name)) return;
  findings.preflight(at, 'unknown-host', `there is no host \`${name}\``, didYouMean(name, known));
}
