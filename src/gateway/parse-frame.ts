import * as z from 'zod';
import { badFrame, type Wire, wordsOf } from '../api/operation.ts';
import { questions, runOperations } from '../api/operations.ts';
import { assertShape, type Shape } from '../api/shape.ts';
import { requestId } from '../api/words.ts';
import type { Failure } from '../model/failure.ts';
import { hello } from './protocol/greeting.ts';

type AnyOperation = (typeof questions)[keyof typeof questions] | (typeof runOperations)[keyof typeof runOperations];

/** What a client asks; the operation itself checks the request. */
export interface Asking {
  readonly type: 'operation';
  readonly id: string;
  readonly operation: AnyOperation;
  readonly request: Readonly<Record<string, unknown>>;
}

const operations = [...Object.values(runOperations), ...Object.values(questions)];
const byWords = new Map<string, AnyOperation>(operations.map((each) => [wordsOf(each.wire), each]));

const envelope = z.looseObject({
  type: z.string(),
  id: requestId,
  command: z.string().exactOptional(),
  what: z.string().exactOptional(),
});

/** The frame in a message; throws Failure `bad-frame` that names the field. */
export function parseFrame(value: unknown): Shape<typeof hello> | Asking {
  if (isHello(value)) {
    assertShape(hello, value, badFrame);
    return value;
  }
  assertShape(envelope, value, badFrame);
  const { id, type, command, what, ...request } = value;
  const wire = { type, ...(command === undefined ? {} : { command }), ...(what === undefined ? {} : { what }) };
  const operation = byWords.get(wordsOf(wire));
  if (operation === undefined) throw noSuchOperation(wire);
  return { type: 'operation', id, operation, request };
}

/** The text as JSON; throws Failure `bad-frame`. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badFrame('a frame must be one JSON object');
  }
}

/** So that a client can tell which of its frames was refused. */
export function idOf(value: unknown): string {
  const given = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof given === 'string' ? given.slice(0, 100) : '';
}

function isHello(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'hello';
}

/** Names the field that is wrong: the type where no operation has it, else the word that goes with it. */
function noSuchOperation({ type, command, what }: Wire): Failure {
  const alike = operations.map(({ wire }: { readonly wire: Wire }) => wire).filter((wire) => wire.type === type);
  const list = (words: readonly (string | undefined)[]): string =>
    [...new Set(words)].flatMap((word) => word ?? []).join(', ');
  if (alike.length === 0) return badFrame(`type: must be one of ${list(operations.map((each) => each.wire.type))}`);
  const commands = list(alike.map((wire) => wire.command));
  if (commands !== '') return badFrame(`command: must be one of ${commands}`);
  const whats = list(alike.map((wire) => wire.what));
  if (whats !== '') return badFrame(`what: must be one of ${whats}`);
  return badFrame(`${command === undefined ? 'what' : 'command'}: ${type} takes no ${what ?? command}`);
}
