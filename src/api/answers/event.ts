import * as z from 'zod';
import type { NumberedEvent } from '../../ports/events.ts';
import { describing } from '../shape.ts';

/** An event of a run, as a client sees it: who wrote it stays with the server. */
export const event = describing<Omit<NumberedEvent, 'source'>>()(
  z.object({
    type: z.enum(['event', 'log', 'progress']),
    seq: z.number(),
    at: z.string(),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    code: z.string(),
    text: z.string(),
    stage: z.string().exactOptional(),
    host: z.string().exactOptional(),
    guest: z.string().exactOptional(),
    data: z.record(z.string(), z.unknown()).exactOptional(),
  }),
);
