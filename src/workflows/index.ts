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

/** Removes what carries the deployment's mark and nobody owns. */
export async function gc(input: RunInput): Promise<RunOutcome> {
  return runCommand(input);
}
