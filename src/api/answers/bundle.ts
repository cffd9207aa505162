import * as z from 'zod';
import type { Shape } from '../shape.ts';

/** Where an archive about a run lies on the server's machine, and what is in it. */
export const madeBundle = z.object({
  path: z.string(),
  files: z.number(),
  /** Hosts that could not be asked, with the reason. */
  silent: z.array(z.object({ host: z.string(), reason: z.string() })),
});

/** The answer to `bundle`. */
export type MadeBundle = Shape<typeof madeBundle>;
