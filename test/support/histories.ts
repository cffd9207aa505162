import { readFileSync, writeFileSync } from 'node:fs';

import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

const fileOf = (name: string): URL => new URL(`../workflows/replay/${name}.json`, import.meta.url);

/** The history of a run that has ended, and the workflow id it is bound to. */
export interface StoredHistory {
  readonly workflowId: string;
  readonly history: { readonly events: readonly Record<string, unknown>[] };
}

/** `KVM_COMPOSE_RECORD=1` makes stored histories anew, for commands that are new. Those of releases stay as they are. */
export const recording = process.env['KVM_COMPOSE_RECORD'] === '1';

/** Keeps the history of an ended run as a fixture, when recording. */
export async function keepHistory(name: string, handle: WorkflowHandle): Promise<void> {
  if (!recording) return;
  // Stack traces tell of the machine they were recorded on, and nothing that replaying reads.
  const text = historyToJSON(await handle.fetchHistory()).replace(
    /"stackTrace": ?"(?:[^"\\]|\\.)*"/g,
    '"stackTrace":""',
  );
  const history = JSON.parse(text) as StoredHistory['history'];
  const stored: StoredHistory = { workflowId: handle.workflowId, history };
  writeFileSync(fileOf(name), `${JSON.stringify(stored)}\n`);
}

/** A stored history. */
export function storedHistory(name: string): StoredHistory {
  return JSON.parse(readFileSync(fileOf(name), 'utf8')) as StoredHistory;
}
