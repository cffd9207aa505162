import type { QueryName } from '../../model/transport/op.ts';
import type { CarriedTransport } from '../../model/transport/table.ts';
import type { Carrier } from '../../ports/carrier.ts';
import type { Runner } from '../../ports/runner.ts';
import type { Secrets } from '../../ports/store.ts';
import type { Query } from '../observer/query.ts';

/** What the real world is made of. */
export interface WorldParts {
  readonly runner: Runner;
  readonly secrets: Secrets;
}

/** A transport as it registers itself. */
export interface RealTransport<T extends CarriedTransport> {
  /** What a host needs for it. */
  readonly tools: readonly string[];
  create(parts: WorldParts): Carrier<T>;
  /** Undefined where a host is not asked about it. */
  readonly query: T extends QueryName ? Query<T> : undefined;
}

/** All of them. */
export type RealTransports = { readonly [T in CarriedTransport]: RealTransport<T> };
