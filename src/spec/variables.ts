import { EVENT_ID, getScalarValue, parseEvents, YAMLException } from 'js-yaml';

import { variable } from './interpolate.ts';

/** Names of the variables a file's values refer to, in order; of a broken file none. `PWD` is the project's folder. */
export function variablesOf(text: string): string[] {
  if (!text.includes('${')) return [];
  try {
    const values = parseEvents(text, { maxDepth: 100 }).flatMap((event) =>
      event.type === EVENT_ID.SCALAR && event.valueStart >= 0 ? [getScalarValue(text, event)] : [],
    );
    const names = values.flatMap((value) => [...value.matchAll(variable)].flatMap(([, , name]) => name ?? []));
    return [...new Set(names.filter((name) => name !== 'PWD'))].sort();
  } catch (error) {
    if (error instanceof YAMLException) return [];
    throw error;
  }
}
