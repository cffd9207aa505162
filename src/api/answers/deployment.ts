import * as z from 'zod';
import type { Shape } from '../shape.ts';

/** A deployment the server knows. */
export const knownDeployment = z.object({
  name: z.string(),
  folder: z.string(),
  file: z.string(),
  hostsFile: z.string().exactOptional(),
  hosts: z.array(z.string()),
  placement: z.record(z.string(), z.string()),
  status: z.string(),
});

/** One entry of the answer to `deployments`. */
export type KnownDeployment = Shape<typeof knownDeployment>;
