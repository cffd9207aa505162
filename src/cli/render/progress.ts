import type { EventFrame } from '../../api/answers/frame.ts';

/** Shows what a run does while it does it. */
export interface Progress {
  started(run: string): void;
  event(frame: EventFrame): void;
  /** Something about the watching itself, such as a lost gateway. */
  note(text: string): void;
  /** Nothing live is left on the screen. */
  end(): void;
}
