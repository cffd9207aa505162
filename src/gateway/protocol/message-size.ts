import { Failure } from '../../model/failure.ts';

/** The largest message the gateway takes, in bytes. */
export const largestMessage = 64 * 1024;

/** How WebSocket says that a message was over the limit of whoever received it. */
export const messageTooBig = 1009;

/** How many bytes a text is on the wire. */
export function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** Says which part of a message is too large. Values stay out of it: they may be secrets. */
export function tooLarge(message: object, limit: number | undefined): Failure {
  const part = largestPart(message);
  const most = limit === undefined ? 'than the gateway takes' : `than the ${limit} bytes the gateway takes`;
  const object = part.path.join('.');
  return new Failure({
    code: 'message-too-large',
    class: 'permanent',
    message: `the request is ${bytesOf(JSON.stringify(message))} bytes, more ${most}; its largest part is ${object} with ${part.bytes} bytes`,
    object,
    hint:
      part.path[0] === 'variables'
        ? "values of variables travel with the request: write large ones into the project's files, which the server reads itself"
        : `make ${object} shorter`,
  });
}

interface Part {
  readonly path: readonly string[];
  readonly bytes: number;
}

/** As deep as one part is more than half of what it stands in. */
function largestPart(value: object): Part {
  let largest: Part & { readonly value: unknown } = { path: [], bytes: 0, value: undefined };
  for (const [name, each] of Object.entries(value)) {
    const bytes = each === undefined ? 0 : bytesOf(JSON.stringify(each));
    if (bytes > largest.bytes) largest = { path: [name], bytes, value: each };
  }
  if (typeof largest.value !== 'object' || largest.value === null) return largest;
  const inner = largestPart(largest.value);
  return inner.bytes > largest.bytes / 2 ? { path: [...largest.path, ...inner.path], bytes: inner.bytes } : largest;
}
