import { type CarriedTransport, carriedTransports } from '../model/transport/table.ts';
import type { Carrier, World } from '../ports/carrier.ts';

/** The carriers of a world, real or simulated. */
export function carriersBy(create: <T extends CarriedTransport>(transport: T) => Carrier<T>): World['carriers'] {
  // TypeScript does not follow a loop over a table whose values differ in type.
  return Object.fromEntries(carriedTransports.map((name) => [name, create(name)])) as unknown as World['carriers'];
}
