import * as z from 'zod';
import type { ImageToPull } from '../../model/image.ts';
import { kindNames, stageNames } from '../../model/kind.ts';
import type { Instruction, Kept, Plan } from '../../model/plan.ts';
import { verbNames } from '../../model/request.ts';
import type { Fingerprint } from '../../planner/fingerprint.ts';
import { describing, type Shape } from '../shape.ts';
import { failure } from './failure.ts';

const kind = z.enum(kindNames);

/** How many things a plan makes, changes, removes and runs. */
export const summary = describing<Plan['summary']>()(
  z.object({
    create: z.number(),
    change: z.number(),
    delete: z.number(),
    run: z.number(),
    verbs: z.partialRecord(z.enum(verbNames), z.number()).exactOptional(),
  }),
);

const instruction = describing<Instruction>()(
  z.object({
    id: z.string(),
    kind,
    host: z.string(),
    resources: z.array(z.object({ type: kind, name: z.string() })),
    action: z.enum(['create', 'update', 'delete', 'run', 'start', 'stop', 'restart', 'pause', 'resume']),
    cause: z.string(),
    impact: z.object({
      effect: z.enum(['none', 'live', 'restart', 'remake', 'move', 'data-loss']),
      felt: z.array(z.string()),
    }),
    asked: z.literal(true).exactOptional(),
    after: z.array(z.string()),
  }),
);

const kept = describing<Kept>()(
  z.object({
    ref: z.templateLiteral([kind, ':', z.string()]),
    host: z.string(),
    describe: z.string(),
    why: z.string(),
  }),
);

/** A plan without its operations, which are for hosts. */
const plan = describing<Omit<Plan, 'batches'>>()(
  z.object({
    deployment: z.string(),
    stages: z.array(z.object({ name: z.enum(stageNames), instructions: z.array(instruction) })),
    summary,
    kept: z.array(kept).exactOptional(),
    asked: z.literal(true).exactOptional(),
    policy: z.enum(['converge', 'together']).exactOptional(),
  }),
);

const checksum = z.object({ algorithm: z.enum(['sha256', 'sha512']), hex: z.string() });
const content = z.object({ source: z.string(), sha256: z.string(), size: z.number() });

const imageToPull = describing<ImageToPull>()(
  z.object({
    toPull: z.literal(true),
    name: z.string(),
    url: z.string(),
    format: z.enum(['qcow2', 'raw']).exactOptional(),
    expected: z.discriminatedUnion('by', [
      z.object({ by: z.enum(['pin', 'catalogue']), checksum, content }),
      z.object({ by: z.literal('list'), list: z.string() }),
    ]),
  }),
);

const fingerprint = describing<Fingerprint>()(
  z.object({ plan: z.string(), desired: z.string(), observed: z.string() }),
);

/** A plan as it is shown. */
export const shownPlan = z.object({
  plan,
  /** What stands in the way of running it. */
  refused: z.array(failure),
  /** Images `up` would pull first. */
  toPull: z.array(imageToPull),
  text: z.string(),
  /** By which it is known again when it was saved. */
  fingerprint,
});

/** The answer to `plan`. */
export type ShownPlan = Shape<typeof shownPlan>;
