import { EVENT_ID, getScalarValue, parseEvents } from 'js-yaml';

/** The line in which a key of nested maps stands; as deep as the path can be followed, at least the first line. */
export function lineOfKey(text: string, path: readonly PropertyKey[]): number {
  // One frame for each open map or list, with the key whose value is being read; no key: the next scalar is one.
  const stack: { isMap: boolean; key: string | undefined }[] = [];
  let [deepest, line] = [0, 1];
  const ended = (): void => void Object.assign(stack.at(-1) ?? {}, { key: undefined });
  for (const event of parseEvents(text, { maxDepth: 100 })) {
    const frame = stack.at(-1);
    if (event.type === EVENT_ID.POP) {
      stack.pop();
      ended();
    } else if (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) {
      stack.push({ isMap: event.type === EVENT_ID.MAPPING, key: undefined });
    } else if (event.type === EVENT_ID.SCALAR && frame?.isMap && frame.key === undefined) {
      frame.key = getScalarValue(text, event);
      const depth = stack.length;
      if (depth > deepest && depth <= path.length && stack.every(({ key }, n) => key === path[n])) {
        [deepest, line] = [depth, text.slice(0, event.valueStart).split('\n').length];
      }
    } else if (event.type === EVENT_ID.SCALAR || event.type === EVENT_ID.ALIAS) {
      ended();
    }
  }
  return line;
}
