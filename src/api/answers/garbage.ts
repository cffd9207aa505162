import * as z from 'zod';
import type { GarbageReport } from '../../model/garbage.ts';
import { kindNames } from '../../model/kind.ts';
import { describing } from '../shape.ts';
import { answered } from './host.ts';

const item = z.object({
  deployment: z.string(),
  host: z.string(),
  kind: z.enum(kindNames),
  name: z.string(),
  why: z.string(),
});

/** What a look at all hosts found. */
export const garbageReport = describing<GarbageReport>()(
  z.object({
    installation: z.string(),
    hosts: z.array(z.object({ ...answered, address: z.string() })),
    unread: z.array(z.object({ hostsFile: z.string(), reason: z.string() })),
    surplus: z.array(item),
    missing: z.array(item),
    foreign: z.array(item.extend({ installation: z.string() })),
    counts: z.object({ surplus: z.number(), missing: z.number(), foreign: z.number() }),
    removals: z.array(z.object({ deployment: z.string(), hostsFile: z.string().exactOptional(), count: z.number() })),
  }),
);
