import type { RunInput, RunOutcome } from './contract.ts';
import { runCommand } from './run-command.ts';

export { read } from './read.ts';

/** Makes the hosts match the file. */
export async function up(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Removes everything the deployment has on the hosts. */
export async function down(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Removes what carries the deployment's label and no deployment owns. */
export async function gc(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Powers guests on. */
export async function start(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Powers guests off: asks them first. */
export async function stop(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Powers guests off and on. */
export async function restart(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Pauses guests; they keep their memory. */
export async function pause(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Lets paused guests go on. */
export async function resume(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Makes guests anew from their images. */
export async function rebuild(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Runs scripts of guests again. */
export async function rerun(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Forgets a host that never comes back, with all that was known to be there. */
export async function forget(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Registers a deployment for its folder. */
export async function create(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}

/** Makes what is remembered of a deployment anew from what its hosts hold. */
export async function reset(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}
