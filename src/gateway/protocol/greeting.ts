import * as z from 'zod';
import { answerFrame, welcome, type Welcome } from '../../api/answers/frame.ts';
import { badAnswer } from '../../api/operation.ts';
import { assertShape } from '../../api/shape.ts';
import { text } from '../../api/words.ts';
import { Failure } from '../../model/failure.ts';

/** The first frame of a client: who it is, and that it may. */
export const hello = z.strictObject({
  type: z.literal('hello'),
  protocol: z.literal(1),
  token: z.string().max(200),
  client: text,
});

const first = z.discriminatedUnion('type', [welcome, answerFrame]);

/** The server's answer to the greeting. Throws Failure: why it lets nobody in, and `bad-answer`. */
export function welcomeIn(frame: unknown): Welcome {
  assertShape(first, frame, badAnswer({ type: 'hello' }));
  if (frame.type === 'nack') throw new Failure(frame.failure);
  if (frame.type === 'welcome') return frame;
  throw badAnswer({ type: 'hello' })(`type: ${frame.type}`);
}
