import type { Ack, Behind, EventFrame, Nack, Result, Welcome } from '../../api/answers/frame.ts';
import type { RunOutcome } from '../../api/answers/outcome.ts';
import type { JoinedRun } from '../../api/answers/run.ts';
import type { Answers, QuestionName, RequestFrame } from '../../api/operations.ts';
import type { Shape } from '../../api/shape.ts';
import type { hello } from './greeting.ts';

/** What a client sends. `id` is the client's own, unique per connection; answers carry it. */
export type ClientFrame = Shape<typeof hello> | RequestFrame;

/** What the server sends. `ack` and `result` come from Temporal, never from the event log. */
export type ServerFrame =
  | Welcome
  | Ack<JoinedRun | Answers[QuestionName]>
  | Nack
  | Result<RunOutcome | Answers[QuestionName]>
  | EventFrame
  | Behind;

/** Reason with which the gateway closes connections when a user stops the server. */
export const stoppingReason = 'the server is stopping';
