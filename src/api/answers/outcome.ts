import * as z from 'zod';
import type { RunOutcome as Outcome } from '../../workflows/contract.ts';
import { describing, type Shape } from '../shape.ts';
import { failure } from './failure.ts';
import { summary } from './plan.ts';

/** How a run can end. */
export const endStatus = z.enum(['completed', 'failed', 'cancelled']);

/** What failed, with the item it is about. */
export const failedItem = z.object({ item: z.string(), failure });

/** What a run leaves behind. */
export const runOutcome = describing<Outcome>()(
  z.object({
    status: endStatus,
    summary,
    failures: z.array(failedItem),
    skipped: z.number(),
    undone: z.number(),
    leftovers: z.array(z.object({ item: z.string(), why: z.string(), host: z.string().exactOptional() })),
    reason: z.string().exactOptional(),
  }),
);

/** What a run leaves behind. */
export type RunOutcome = Shape<typeof runOutcome>;
