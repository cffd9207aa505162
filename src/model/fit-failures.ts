import type { FailureData } from './failure.ts';

/** Something that failed, and why. */
export interface NamedFailure {
  readonly item: string;
  readonly failure: FailureData;
}

/** Lengths a message is cut to, the longest that lets all failures be told. */
const messageLengths = [1000, 300, 80];

/** What is kept where all of a failure is too much: the last lines of stderr, the first of many findings. */
const keptStderr = 1500;
const keptDiagnostics = 20;

/**
 * Failures within so many bytes of JSON: the first ones in full as long as there is room, the others without what a
 * command printed, and `left` those there is no room for even so. The event log has all of all of them.
 */
export function fitFailures(
  failures: readonly NamedFailure[],
  bytes: number,
): { readonly told: readonly NamedFailure[]; readonly left: readonly NamedFailure[] } {
  const versions = messageLengths.map((length) => failures.map((each) => briefly(each, length)));
  // The first one is most likely the cause of the others: there is always room for more of it.
  const forOthers = bytes - Math.min(bytes / 3, sizeOf(failures.slice(0, 1).map(shortened)));
  const told = [...(versions.find((some) => sizeOf(some) <= forOthers) ?? firstOf(versions.at(-1)!, forOthers))];
  let room = bytes - sizeOf(told);
  for (const [n, brief] of told.entries()) {
    const better = [failures[n]!, shortened(failures[n]!)].find((each) => jsonBytes(each) - jsonBytes(brief) <= room);
    // Only the first ones: a later one in full between brief ones would look as if it were the only one with a reason.
    if (!better) break;
    room -= jsonBytes(better) - jsonBytes(brief);
    told[n] = better;
  }
  return { told, left: failures.slice(told.length) };
}

/** A text that is at most so long, and says so where something is missing. */
export function cutText(text: string, length: number): string {
  // By characters as people see them: half of a pair would be no text at all.
  return text.length <= length ? text : `${text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** Bytes of a value as JSON in UTF-8; workflow code has nothing of Node to count them with. */
export function jsonBytes(value: object | string): number {
  let bytes = 0;
  for (const character of JSON.stringify(value)) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function sizeOf(failures: readonly NamedFailure[]): number {
  return failures.reduce((sum, each) => sum + jsonBytes(each) + 1, 0);
}

function firstOf(failures: readonly NamedFailure[], bytes: number): NamedFailure[] {
  let room = bytes;
  return failures.filter((each) => {
    room -= room < 0 ? 0 : jsonBytes(each) + 1;
    return room >= 0;
  });
}

function briefly({ item, failure }: NamedFailure, length: number): NamedFailure {
  const { stderr: _stderr, command: _command, diagnostics: _diagnostics, hint, message, ...rest } = failure;
  const shortHint = hint === undefined ? {} : { hint: cutText(hint, length) };
  return { item, failure: { ...rest, message: cutText(message, length), ...shortHint } };
}

function shortened({ item, failure }: NamedFailure): NamedFailure {
  const { stderr, diagnostics } = failure;
  return {
    item,
    failure: {
      ...failure,
      message: cutText(failure.message, messageLengths[0]!),
      ...(stderr === undefined ? {} : { stderr: stderr.slice(-keptStderr).replace(/^[\uDC00-\uDFFF]/, '') }),
      ...(diagnostics === undefined ? {} : { diagnostics: diagnostics.slice(0, keptDiagnostics) }),
    },
  };
}
