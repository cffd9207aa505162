import type { Asked, Question, RunOperation, Wire } from './operation.ts';
import { artefacts } from './operations/artefacts.ts';
import { attach } from './operations/attach.ts';
import { bundle } from './operations/bundle.ts';
import { cancel } from './operations/cancel.ts';
import { create } from './operations/create.ts';
import { decide } from './operations/decide.ts';
import { deployments } from './operations/deployments.ts';
import { down } from './operations/down.ts';
import { events } from './operations/events.ts';
import { forget } from './operations/forget.ts';
import { garbage } from './operations/garbage.ts';
import { gc } from './operations/gc.ts';
import { pause } from './operations/pause.ts';
import { plan } from './operations/plan.ts';
import { rebuild } from './operations/rebuild.ts';
import { rerun } from './operations/rerun.ts';
import { reset } from './operations/reset.ts';
import { restart } from './operations/restart.ts';
import { resume } from './operations/resume.ts';
import { runs } from './operations/runs.ts';
import { show } from './operations/show.ts';
import { start } from './operations/start.ts';
import { status } from './operations/status.ts';
import { stop } from './operations/stop.ts';
import { up } from './operations/up.ts';

/** What starts a run or joins one. */
const runTable = { up, down, gc, forget, create, reset, attach, start, stop, restart, pause, resume, rebuild, rerun };

/** What is asked and answered. */
const questionTable = {
  plan,
  status,
  artefacts,
  garbage,
  bundle,
  runs,
  show,
  events,
  deployments,
  cancel,
  decide,
};

type RunTable = typeof runTable;
type QuestionTable = typeof questionTable;
type Table = RunTable & QuestionTable;

type WireOf<O> = O extends { readonly wire: infer W extends Wire } ? W : never;
type RequestOf<O> = O extends { readonly frame: (id: string, request: infer R) => unknown } ? R : never;

/** The names of what starts a run or joins one. */
export type RunName = keyof RunTable;

/** The names of what is asked and answered. */
export type QuestionName = keyof QuestionTable;

/** What each operation is asked with. */
export type Requests = { readonly [K in keyof Table]: RequestOf<Table[K]> };

/** What each question is answered with. */
export type Answers = {
  readonly [K in QuestionName]: QuestionTable[K] extends Question<infer _W, infer _R, infer A> ? A : never;
};

/** Every request as it travels. */
export type RequestFrame = { [K in keyof Table]: Asked<WireOf<Table[K]>, RequestOf<Table[K]>> }[keyof Table];

/** Everything that starts a run or joins one, by name. */
export const runOperations: { readonly [K in RunName]: RunOperation<WireOf<Table[K]>, Requests[K]> } = runTable;

/** Everything that is asked and answered, by name. */
export const questions: { readonly [K in QuestionName]: Question<WireOf<Table[K]>, Requests[K], Answers[K]> } =
  questionTable;
