import * as z from 'zod';
import type { Host } from '../../model/host.ts';
import { describing } from '../shape.ts';

/** How a host is reached. */
export const host = describing<Host>()(
  z.object({
    name: z.string(),
    connection: z.enum(['local', 'ssh']),
    address: z.string(),
    port: z.number(),
    user: z.string(),
    identityFile: z.string().exactOptional(),
    knownHostsFile: z.string().exactOptional(),
    accelerator: z.enum(['auto', 'kvm', 'qemu']),
  }),
);

/** Whether a host answered, and if not, why not. */
export const answered = { name: z.string(), answered: z.boolean(), reason: z.string().exactOptional() };
