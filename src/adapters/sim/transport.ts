import type { AnswerOf, OpOf, QueryName } from '../../model/transport/op.ts';
import type { CarriedTransport } from '../../model/transport/table.ts';
import type { RunContext } from '../../ports/carrier.ts';
import type { Scope } from '../../resources/contract.ts';

/** How a transport changes a host, of which it sees what it needs. Throws Failure where the real one would refuse. */
export interface Effects<T extends CarriedTransport, Host> {
  readonly transport: T;
  readonly atomic: boolean;
  readonly apply: (op: OpOf<T>, host: Host, context: RunContext) => 'done' | 'already';
  /** The part of it that is there when the line drops in the middle; nothing where it is left out. */
  readonly half?: (op: OpOf<T>, host: Host, context: RunContext) => void;
}

/** A simulated transport as it registers itself: its effects, its part of what a host holds, its answer. */
export interface SimulatedTransport<T extends CarriedTransport, Host, Own extends object = object> {
  readonly effects: Effects<T, Host>;
  /** Its part of a host with nothing on it. Plain data under names of its own: worlds are kept in files. */
  readonly empty: () => Own;
  /** Undefined where a host is not asked about it. */
  readonly answer: T extends QueryName ? (host: Host, scope: Scope) => AnswerOf<T> : undefined;
}
