import type { FoldEvent } from './run-view.ts';

/** A text of an event's data; empty where there is none. */
export function textOf({ data }: FoldEvent, key: string): string {
  const value = data?.[key];
  return typeof value === 'string' ? value : '';
}

/** A number of an event's data; 0 where there is none. */
export function numberOf({ data }: FoldEvent, key: string): number {
  const value = data?.[key];
  return typeof value === 'number' ? value : 0;
}

/** The texts in a list of an event's data. */
export function textsOf({ data }: FoldEvent, key: string): readonly string[] {
  const value = data?.[key];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** A map with one more or one other entry; an entry that is replaced keeps its place. */
export function withEntry<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}
