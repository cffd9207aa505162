import {
  ApplicationFailure,
  CancellationScope,
  condition,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertMemo,
} from '@temporalio/workflow';
import type { RunActivities } from '../activities/create-activities.ts';
import type { FailureData } from '../model/failure.ts';
import type { RunEvent } from './contract.ts';
import { type Choice, type Decision, decideUpdate, type Question } from './signals.ts';

const choices: readonly string[] = ['retry', 'skip', 'stop'] satisfies readonly Choice[];

/** The memo is in every answer about the run; a person reads the first few. */
const listed = 20;

/** What a run asks people about failed work, and what they answer. */
export interface Questions {
  readonly open: () => readonly Question[];
  /** Who ended the run by an answer. */
  readonly stoppedBy: () => string | undefined;
  /** Waits for a person; rejects when the run is cancelled meanwhile. */
  ask(question: Omit<Question, 'since'>, failure: FailureData): Promise<Choice>;
  /** Resolves when the next question is asked. */
  asked(): Promise<undefined>;
  /** Waits until everything about questions is in the run's log. */
  told(): Promise<void>;
}

/** Takes answers from now on; without open questions every answer is rejected. */
export function takeQuestions(deployment: string): Questions {
  const open = new Map<string, Question>();
  const answers = new Map<string, Choice>();
  let stoppedBy: string | undefined;
  let next = gate();
  let telling = Promise.resolve();
  const tell = (event: RunEvent): void => {
    const local = proxyLocalActivities<Pick<RunActivities, 'tell'>>({
      startToCloseTimeout: '5s',
      retry: { maximumAttempts: 3 },
    });
    // One after the other, so that the log has them in order. The log changes no result.
    telling = telling.then(() => CancellationScope.nonCancellable(() => local.tell(event)).catch(() => undefined));
  };
  const decide = ({ choice, batch, by }: Decision): readonly string[] => {
    const isForOne = batch !== undefined && choice !== 'stop';
    const decided = [...open.values()].filter((each) => !isForOne || each.batch === batch);
    for (const each of decided) {
      answers.set(each.batch, choice);
      open.delete(each.batch);
    }
    if (choice === 'stop') stoppedBy = by;
    show(open, deployment);
    tell(decisionMade(decided, choice, by));
    return decided.map((each) => each.batch);
  };
  setHandler(decideUpdate, decide, { validator: (decision: Decision) => refuse(decision, open, deployment) });
  return {
    open: () => [...open.values()],
    stoppedBy: () => stoppedBy,
    ask: async (asked, failure) => {
      if (stoppedBy !== undefined) return 'stop';
      const question = { ...asked, since: new Date().toISOString() };
      open.set(question.batch, question);
      answers.delete(question.batch);
      next.open();
      next = gate();
      show(open, deployment);
      tell(decisionAsked(question, failure));
      try {
        await condition(() => answers.has(question.batch));
      } finally {
        if (open.delete(question.batch)) show(open, deployment);
      }
      return answers.get(question.batch)!;
    },
    asked: () => next.opened,
    told: () => telling,
  };
}

function gate(): { readonly opened: Promise<undefined>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<undefined>((resolve) => (open = () => resolve(undefined)));
  return { opened, open };
}

/** Rejects before anything is written into history. */
function refuse({ choice, batch }: Decision, open: ReadonlyMap<string, Question>, deployment: string): void {
  if (!choices.includes(choice)) {
    const message = `${JSON.stringify(choice)} is no answer: it must be ${choices.join(', ')}`;
    throw ApplicationFailure.nonRetryable(message, 'bad-choice');
  }
  if (batch === undefined ? open.size > 0 : open.has(batch)) return;
  const what = batch === undefined ? deployment : `${deployment} about ${batch}`;
  const asks = open.size === 0 ? 'nothing' : `only about ${[...open.keys()].slice(0, listed).join(', ')}`;
  throw ApplicationFailure.nonRetryable(`nothing is asked by ${what}; it asks ${asks}`, 'not-asked');
}

/** Where people look: Temporal's page, and every answer about the run, also when no worker is there to be asked. */
function show(open: ReadonlyMap<string, Question>, deployment: string): void {
  const questions = [...open.values()].slice(0, listed);
  upsertMemo({ asks: questions });
  const lines = questions.map(({ batch, what, message }) => `- ${batch}: ${what}: ${message}`);
  const answer = `kvm-compose decide ${deployment} retry|skip|stop`;
  setCurrentDetails(
    open.size === 0 ? 'goes on after an answer' : `waits for an answer (${answer}):\n\n${lines.join('\n')}`,
  );
}

function decisionAsked({ batch, host, what, message }: Question, failure: FailureData): RunEvent {
  return { code: 'decision-asked', text: `${what}: ${message}`, host, data: { batch, failure } };
}

function decisionMade(decided: readonly Question[], choice: Choice, by: string): RunEvent {
  const [first] = decided;
  const rest = decided.length > 1 ? ` (and ${decided.length - 1} more)` : '';
  const batches = decided.map((each) => each.batch);
  return { code: 'decision-made', text: `${by}: ${choice} ${first?.what ?? ''}${rest}`, data: { by, choice, batches } };
}
