import { Failure } from '../model/failure.ts';
import { kindNames } from '../model/kind.ts';
import type { Resource } from '../model/resources.ts';
import { parseExactJson } from './exact-json.ts';

/** What a deployment should be, fully decided: the form of it that people read, compare and keep with the project. */
export interface State {
  readonly deployment: string;
  /** Machine → host. */
  readonly placement: Readonly<Record<string, string>>;
  /** In the order of their identities. */
  readonly resources: readonly Resource[];
}

/** What a state file tells, whoever wrote it. */
export type StateFile =
  | ({ readonly form: 'ours' } & State)
  | {
      readonly form: 'original';
      readonly deployment: string;
      readonly placement: Readonly<Record<string, string>>;
      /** Everything in it; numbers longer than a `number` holds are `bigint`. */
      readonly document: Readonly<Record<string, unknown>>;
    };

const version = 1;

/** Name of a deployment's state file in the project's folder, as in the original. */
export function stateFileName(deployment: string): string {
  return `${deployment}-state.json`;
}

/** The state as text: the same state gives the same bytes, and one edit changes few lines. */
export function encodeState({ deployment, placement, resources }: State): string {
  const byName = Object.fromEntries(Object.entries(placement).sort(([a], [b]) => (a < b ? -1 : 1)));
  const file = { version, deployment, placement: byName, resources: resources.map(inOrder) };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** What it is comes first; the rest by name, at every depth. */
function inOrder(resource: Resource): unknown {
  const { kind, name, host, guest } = resource;
  // A key keeps the place in which it was first set.
  return Object.assign({ kind, name, host, guest }, sorted(resource));
}

function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const fields = value as Readonly<Record<string, unknown>>;
  const byKey: Record<string, unknown> = {};
  for (const key of Object.keys(fields).sort()) byKey[key] = sorted(fields[key]);
  return byKey;
}

/** Reads a state file of ours or of the original. Throws Failure `file-unreadable` with what is wrong. */
export function decodeState(text: string, path: string): StateFile {
  const document = parse(text, path, JSON.parse);
  if (isRecord(document) && isRecord(document['testbed_guests'])) {
    // Only the original has numbers that need to be read with care, which takes many times as long.
    return decodeOriginal(parse(text, path, parseExactJson) as Record<string, unknown>, path);
  }
  if (!isRecord(document) || document['version'] === undefined) throw unreadable(path, 'it is no state file');
  if (document['version'] !== version) {
    throw unreadable(path, `version ${JSON.stringify(document['version'])} of the format is not known here`);
  }
  const { deployment, placement, resources } = document;
  if (typeof deployment !== 'string') throw unreadable(path, '`deployment` must be a text');
  if (!isTexts(placement)) throw unreadable(path, '`placement` must map machines to hosts');
  if (!Array.isArray(resources) || !resources.every(isResource)) {
    throw unreadable(path, '`resources` must be a list of resources');
  }
  return { form: 'ours', deployment, placement, resources };
}

function decodeOriginal(document: Record<string, unknown>, path: string): StateFile {
  const { project_name: deployment, testbed_guests: guests } = document;
  if (typeof deployment !== 'string') throw unreadable(path, '`project_name` must be a text');
  const placement = Object.fromEntries(
    Object.entries(guests as Record<string, unknown>).flatMap(([name, guest]) => {
      const host = isRecord(guest) ? guest['testbed_host'] : undefined;
      return typeof host === 'string' ? [[name, host]] : [];
    }),
  );
  return { form: 'original', deployment, placement, document };
}

function parse(text: string, path: string, read: (text: string) => unknown): unknown {
  try {
    return read(text);
  } catch (cause) {
    throw unreadable(path, `it is not JSON: ${(cause as Error).message}`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((each) => typeof each === 'string');
}

function isResource(value: unknown): value is Resource {
  if (!isRecord(value)) return false;
  const { kind, name, host } = value;
  return kindNames.some((each) => each === kind) && typeof name === 'string' && typeof host === 'string';
}

/** Not passed over in silence: guests would be placed anew. */
function unreadable(path: string, why: string): Failure {
  const hint = 'restore it, or remove it: it is written again, with guests where the server remembers them';
  const message = `the state file ${path} cannot be read: ${why}`;
  return new Failure({ code: 'file-unreadable', class: 'permanent', message, object: path, hint });
}
