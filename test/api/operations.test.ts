import { describe, expect, test } from 'vitest';
import { wordsOf } from '../../src/api/operation.ts';
import { type QuestionName, questions, type RunName, runOperations } from '../../src/api/operations.ts';
import { parseFrame } from '../../src/gateway/parse-frame.ts';
import type { ServerFrame } from '../../src/gateway/protocol/frames.ts';
import { outcome } from '../cli/told.ts';
import { answerOf } from '../support/answers.ts';
import { eventFrame } from '../support/fake-gateway.ts';
import { fakeRuns } from '../support/fake-runs.ts';
import { answers, requests } from './samples.ts';

const questionNames = Object.keys(questions) as QuestionName[];
const runNames = Object.keys(runOperations) as RunName[];

/** What comes out at the other end of a connection. */
const sent = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const frameOf = (name: QuestionName | RunName): unknown =>
  sent(
    name in questions
      ? questions[name as 'show'].frame('a', requests[name as 'show'])
      : runOperations[name as 'up'].frame('a', requests[name as 'up']),
  );

const caller = { who: 'ann@laptop', request: 'a', gone: new AbortController().signal, tell: async () => true };
const none = {
  append: async () => undefined,
  flush: async () => undefined,
  read: async () => [],
  lastScriptLine: async () => 0,
};
const parts = () => ({
  runs: fakeRuns(),
  events: { ...none, follow: async function* () {} },
  store: { deployments: async () => [] },
});

describe('every operation', () => {
  test('is said in words of its own', () => {
    const words = [...Object.values(questions), ...Object.values(runOperations)].map(({ wire }) => wordsOf(wire));
    expect(new Set(words).size).toBe(words.length);
  });

  test.each([...questionNames, ...runNames])('%s is found by the gateway as it was asked', (name) => {
    const found = parseFrame(frameOf(name));
    expect(found).toEqual({
      type: 'operation',
      id: 'a',
      operation: { ...questions, ...runOperations }[name],
      request: requests[name],
    });
  });

  test.each([...questionNames, ...runNames])('%s takes nothing it does not know', async (name) => {
    const operation = { ...questions, ...runOperations }[name];
    const request = { ...requests[name], surprise: true };
    const asked =
      'ask' in operation ? operation.ask(parts(), request, caller) : operation.begin(parts(), request, caller);
    await expect(asked).rejects.toMatchObject({
      data: { code: 'bad-frame', message: expect.stringContaining('surprise') as string },
    });
  });

  test.each(questionNames.filter((name) => name !== 'show'))('%s answers what its schema says', async (name) => {
    const question = questions[name];
    const reply = await question.ask(parts(), requests[name], caller);
    const frame = {
      type: question.told,
      id: 'a',
      ...(question.told === 'result' ? { status: 'completed' } : {}),
      ...reply,
    };
    expect(question.accept(sent(frame))).toMatchObject({ type: 'answer' });
  });
});

describe('an answer', () => {
  test.each(questionNames)('to %s arrives as it was sent', (name) => {
    const frame = sent(answerOf(name, answers[name])('a'));
    expect(questions[name].accept(frame)).toEqual({
      type: 'answer',
      ...(answers[name] === undefined ? {} : { data: answers[name] }),
    });
  });

  test('of a newer server keeps what this client does not know, in its order', () => {
    const data = { novelty: 1, ...answers.status };
    const accepted = questions.status.accept({ type: 'result', id: 'a', status: 'completed', data });
    expect(JSON.stringify(accepted)).toContain('{"novelty":1,"deployment":"lab"');
  });

  test.each([
    ['a field is missing', { ...answers.status, guests: undefined }, 'guests: '],
    [
      'a field deep inside is of another type',
      { ...answers.status, guests: [{ ...answers.status.guests[0], ready: 'yes' }] },
      'guests.0.ready: ',
    ],
    ['it is nothing at all', undefined, 'expected object'],
  ])('in which %s is one clear failure', (_, data, where) => {
    const frame = sent({ type: 'result', id: 'a', status: 'completed', data });
    expect(() => questions.status.accept(frame)).toThrow(
      expect.objectContaining({
        data: {
          code: 'bad-answer',
          class: 'permanent',
          message: expect.stringContaining(where) as string,
          hint: expect.stringContaining('versions') as string,
        },
      }) as Error,
    );
  });

  test('that is a refusal is thrown as it is', () => {
    const failure = { code: 'no-such-run', class: 'permanent', message: 'there is no run lab' } as const;
    for (const frame of [
      { type: 'nack', id: 'a', failure },
      { type: 'result', id: 'a', status: 'failed', failure },
    ] satisfies ServerFrame[]) {
      expect(() => questions.show.accept(frame)).toThrow(expect.objectContaining({ data: failure }) as Error);
    }
  });
});

describe('the end of a run', () => {
  const accept = (more: object) => runOperations.up.accept({ type: 'result', id: 'a', run: 'lab/run-1', ...more });

  test('arrives with its outcome, or without one where nobody wrote it', () => {
    expect(accept({ status: 'completed', data: outcome })).toMatchObject({ data: outcome });
    expect(accept({ status: 'failed' })).not.toHaveProperty('data');
  });

  test('with an outcome that is none is one clear failure', () => {
    expect(() => accept({ status: 'completed', data: { ...outcome, leftovers: 3 } })).toThrow('leftovers');
  });
});

test('checking what arrives is cheap: 20,000 events, a plan of 2,000 guests', () => {
  const event = sent(eventFrame('a', 1, { data: { batch: 'ovn.main.0', items: 3 } }));
  const resources = Array.from({ length: 2000 }, (_, n) => ({ type: 'disk', name: `lab-${n}` }) as const);
  const instruction = {
    id: 'i',
    kind: 'disk',
    host: 'main',
    resources,
    action: 'create',
    cause: 'missing',
    impact: { effect: 'none', felt: resources.map(({ name }) => name) },
    after: [],
  } as const;
  const stages = [{ name: 'distribute', instructions: Array.from({ length: 10 }, () => instruction) }] as const;
  const plan = sent(answerOf('plan', { ...answers.plan, plan: { ...answers.plan.plan, stages } })('a'));
  // Of the processor's time: others may be at work on this machine.
  const cpu = (): number => process.cpuUsage().user / 1000;
  const before = cpu();
  for (let n = 0; n < 20_000; n += 1) runOperations.up.accept(event);
  const events = cpu() - before;
  questions.plan.accept(plan);
  const whole = cpu() - before - events;
  expect(events).toBeLessThan(2000);
  expect(whole).toBeLessThan(500);
});
