import { countsText } from '../model/plan-counts.ts';
import type { RecordInput } from '../workflows/contract.ts';
import { emitterFor, runOfActivity } from './activity-context.ts';
import type { ActivityPorts } from './activity-ports.ts';
import { settleDeployment } from './deployment-record.ts';

/** Ends a run for everybody who reads about it: the store, the event log. The truth stays with Temporal and the hosts. */
export async function record(ports: ActivityPorts, { input, outcome }: RecordInput): Promise<void> {
  const { deployment, command } = input;
  const { runId } = runOfActivity();
  await settleDeployment(ports, input, outcome);
  const before = (await ports.store.runs(deployment)).find((each) => each.run === runId);
  const endedAt = ports.now().toISOString();
  await ports.store.putRun({
    run: runId,
    deployment,
    command,
    by: input.by,
    ...before,
    startedAt: before?.startedAt ?? endedAt,
    endedAt,
    status: outcome.status,
    summary: summaryOf(outcome),
  });
  emitterFor(
    ports.events,
    ports.now,
  )({
    type: 'event',
    level: outcome.status === 'completed' ? 'info' : 'warn',
    code: 'run-ended',
    text: `${command} ${outcome.status}: ${summaryOf(outcome)}`,
    data: { ...outcome },
  });
  await ports.events.flush();
}

function summaryOf(outcome: RecordInput['outcome']): string {
  const parts = [countsText(outcome.summary)];
  if (outcome.failures.length > 0) parts.push(`${outcome.failures.length} failed`);
  if (outcome.undone > 0) parts.push(`${outcome.undone} rolled back`);
  if (outcome.leftovers.length > 0) parts.push(`${outcome.leftovers.length} left over`);
  return parts.join(', ');
}
