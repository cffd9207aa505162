import type { EventFrame } from '../api/answers/frame.ts';
import type { Requests } from '../api/operations.ts';
import { foldQuestions } from '../fold/fold-questions.ts';
import type { OpenQuestion } from '../fold/run-view.ts';
import { ask, connect } from '../gateway/protocol/connection.ts';
import { failureOf } from '../model/failure.ts';
import type { Progress } from './render/progress.ts';
import type { CliWorld } from './world.ts';

/** Asks the person at the terminal what a run asks; elsewhere it says how to answer. */
export interface DecisionPrompt {
  take(frame: EventFrame): void;
  end(): void;
}

const choices = new Map<string, Requests['decide']['choice']>([
  ['r', 'retry'],
  ['s', 'skip'],
  ['q', 'stop'],
]);

/** Fed with a run's events it knows what is open. A key answers the oldest question, a capital one all of them. */
export function createPrompt(world: CliWorld, progress: Progress, run: () => string): DecisionPrompt {
  let open: readonly OpenQuestion[] = [];
  let release: (() => void) | undefined;
  const press = (key: string): void => {
    const choice = choices.get(key.toLowerCase());
    if (choice === undefined || open.length === 0) return;
    const about = key === key.toLowerCase() && choice !== 'stop' ? { batch: open[0]!.batch } : {};
    void answer(world, { run: run(), choice, ...about }, progress);
  };
  const show = (): void => {
    const first = open[0]?.batch;
    if (first === undefined) {
      release?.();
      release = undefined;
      return;
    }
    release ??= world.onKeys(press);
    const all = open.length > 1 ? `; capital letters answer all ${open.length}` : '';
    progress.note(
      release
        ? `${first}: (r)etry, (s)kip, or (q) stop the run?${all}; Ctrl-C rolls back what was made`
        : `waiting for an answer: kvm-compose decide ${run()} retry|skip|stop --batch ${first}`,
    );
  };
  return {
    take: (frame) => {
      const before = open;
      open = foldQuestions(open, frame);
      if (open !== before) show();
    },
    end: () => {
      release?.();
      release = undefined;
    },
  };
}

/** On a connection of its own, because the other may be the one that hangs. */
async function answer(world: CliWorld, decision: Omit<Requests['decide'], 'by'>, progress: Progress): Promise<void> {
  try {
    const connection = await connect(world.dial, world.user);
    const asked = { by: world.user, ...decision };
    await ask(connection, 'decide', { id: world.newId(), asked }).finally(() => connection.close());
  } catch (error) {
    progress.note(`the answer did not arrive: ${failureOf(error).message}`);
  }
}
