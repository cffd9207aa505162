import { carriedTransports, type CarriedTransport } from '../../model/transport/table.ts';
import type { SimulatedTransport } from './transport.ts';
import { registered } from './transports.ts';

type Part = ReturnType<(typeof registered)[CarriedTransport]['empty']>;
type All<P> = (P extends unknown ? (part: P) => void : never) extends (all: infer A) => void ? A : never;

/** Everything one simulated host holds. Plain data, so that a world can be written to a file and compared. */
export type SimulatedHost = All<Part> & {
  /** What names the machine; its name where it is left out. */
  id?: string;
};

/** The transports, each of which finds on a host what it needs. */
export const simulatedTransports: {
  readonly [T in CarriedTransport]: SimulatedTransport<T, SimulatedHost>;
} = registered;

/** A host with nothing on it. */
export function emptyHost(): SimulatedHost {
  // The type above is of all parts together, which a loop over them does not say.
  return Object.assign({}, ...carriedTransports.map((name) => registered[name].empty())) as SimulatedHost;
}
