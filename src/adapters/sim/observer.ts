import type { HostFacts } from '../../model/host.ts';
import type { Answers, QueryName } from '../../model/transport/op.ts';
import type { Scope } from '../../resources/contract.ts';
import { type SimulatedHost, simulatedTransports } from './state.ts';

/** One read of a simulated host. */
export function observeHost(host: SimulatedHost, queries: readonly QueryName[], scope: Scope): Answers {
  const answers = queries.map((name) => [name, simulatedTransports[name].answer(host, scope)] as const);
  return { host: scope.host, facts: factsOf(scope.host, host.id ?? scope.host), ...Object.fromEntries(answers) };
}

function factsOf(host: string, id: string): HostFacts {
  const chassis = `chassis-${host}`;
  return { accelerator: 'qemu', cores: 4, memoryMiB: 65_536, diskFreeMiB: 1_000_000, chassis, missingTools: [], id };
}
