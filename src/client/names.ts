/** The queue all workflows and activities of one server share. */
export const taskQueue = 'kvm-compose';

/** The only namespace of our own server. */
export const namespace = 'default';

const runPrefix = 'testbed/';

/** Id of every changing command's workflow: at most one is open per deployment, and that is the lock. */
export function runWorkflowId(deployment: string): string {
  return `${runPrefix}${deployment}`;
}

/** The deployment a changing command's workflow is about; undefined for other workflows. */
export function deploymentOf(workflowId: string): string | undefined {
  return workflowId.startsWith(runPrefix) ? workflowId.slice(runPrefix.length) : undefined;
}
