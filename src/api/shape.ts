import type * as z from 'zod';
import type { Failure } from '../model/failure.ts';

/** A type nobody writes into: what came from elsewhere is read only. */
export type Frozen<T> = unknown extends T ? T : { readonly [K in keyof T]: Frozen<T[K]> };

/** The type a schema describes. */
export type Shape<S extends z.ZodType> = Frozen<z.output<S>>;

type Identical<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? unknown : 'the schema describes another type';

/**
 * Ties a schema to a noun that has its type already, because pure code uses it: a field that only one of the two has
 * does not compile.
 */
export function describing<T>(): <S extends z.ZodType>(schema: S & Identical<Frozen<T>, Shape<S>>) => S {
  return (schema) => schema;
}

/** Throws what `refuse` makes of the first thing that is wrong. The value stays as it is, with fields nobody knows. */
export function assertShape<S extends z.ZodType>(
  schema: S,
  value: unknown,
  refuse: (problem: string) => Failure,
): asserts value is Shape<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  const where = issue!.path.length > 0 ? `${issue!.path.join('.')}: ` : '';
  throw refuse(`${where}${issue!.message}`);
}
