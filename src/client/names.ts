/** The queue of all workflows; each class of activities has one beside it. */
export const taskQueue = 'kvm-compose';

/** The namespace of all runs. */
export const namespace = 'default';

/** The namespace of reads, apart from the runs that people look for. */
export const readNamespace = 'kvm-compose-reads';

const runPrefix = 'testbed/';

/** Id of every changing command's workflow: at most one is open per deployment, and that is the lock. */
export function runWorkflowId(deployment: string): string {
  return `${runPrefix}${deployment}`;
}

/** The deployment a changing command's workflow is about; undefined for other workflows. */
export function deploymentOf(workflowId: string): string | undefined {
  return workflowId.startsWith(runPrefix) ? workflowId.slice(runPrefix.length) : undefined;
}
