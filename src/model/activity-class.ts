/**
 * What work is like: each class has a task queue and a worker of its own, and limits of its own, so that work of one
 * class never waits behind work of another. `control`: plans and records, seconds. `rows`: OVN, Open vSwitch and links,
 * about a minute. `files`: as long as bytes move. `start`: libvirt, minutes. `wait`: guests, as long as something moves.
 */
export type ActivityClass = 'control' | 'rows' | 'files' | 'start' | 'wait';

/** The task queue of a class, beside the queue of the workflows. */
export function activityQueue(workflowQueue: string, activityClass: ActivityClass): string {
  return `${workflowQueue}-${activityClass}`;
}
