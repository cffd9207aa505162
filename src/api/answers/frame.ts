import * as z from 'zod';
import type { Shape } from '../shape.ts';
import { event } from './event.ts';
import { failure } from './failure.ts';
import { endStatus } from './outcome.ts';

const id = z.string();
const run = z.string();

const ack = z.object({ type: z.literal('ack'), id, run: run.exactOptional(), data: z.unknown().optional() });

const nack = z.object({ type: z.literal('nack'), id, failure });

const result = z.object({
  type: z.literal('result'),
  id,
  run: run.exactOptional(),
  status: endStatus,
  data: z.unknown().optional(),
  failure: failure.exactOptional(),
});

/** A numbered frame of a run. */
const eventFrame = event.extend({ id, run });

/** The client fell behind and is cut: attach again since the last number it has. */
const behind = z.object({ type: z.literal('behind'), id, run, seq: z.number() });

/** The greeting of the server. */
export const welcome = z.object({
  type: z.literal('welcome'),
  protocol: z.literal(1),
  server: z.string(),
  temporalUi: z.string().exactOptional(),
});

/** What answers a request; `data` is for the operation to read. */
export const answerFrame = z.discriminatedUnion('type', [eventFrame, ack, nack, result, behind]);

/** The request is taken; with the answer, where the operation answers so. */
export type Ack<D> = Omit<Shape<typeof ack>, 'data'> & { readonly data?: D };

/** The request is refused. */
export type Nack = Shape<typeof nack>;

/** How a run ended, or the answer that hosts were asked for. */
export type Result<D> = Omit<Shape<typeof result>, 'data'> & { readonly data?: D };

/** A numbered event of a run. */
export type EventFrame = Shape<typeof eventFrame>;

/** The client fell behind and is cut. */
export type Behind = Shape<typeof behind>;

/** The greeting of the server. */
export type Welcome = Shape<typeof welcome>;
