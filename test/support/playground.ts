import { inject } from 'vitest';

import { command, output } from './command.ts';
import type { CommandOptions, Finished } from './command.ts';

/** Outside of vitest the playground is whichever the environment names. */
function environment(): Record<string, string> {
  if (process.env['VITEST'] === undefined) return {};
  const { folder, net } = inject('playground');
  return { KVM_COMPOSE_PLAYGROUND: folder, KVM_COMPOSE_PLAYGROUND_NET: net };
}

/** Runs a command of this test run's playground, such as `crash h2`; it has to succeed. */
export function playground(...args: readonly string[]): Promise<string> {
  return output('playground/playground', args, { env: environment() });
}

/** Runs a program in a virtual host, past the product and past ssh, whatever its exit code. */
export function tryOnHost(host: string, args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  return command('playground/playground', ['exec', host, ...args], { ...options, env: environment() });
}

/** Runs a program in a virtual host that has to succeed; what it printed. */
export function onHost(host: string, ...args: readonly string[]): Promise<string> {
  return output('playground/playground', ['exec', host, ...args], { env: environment() });
}

/** Runs a shell script in a virtual host that has to succeed; what it printed. */
export function shellOnHost(host: string, script: string): Promise<string> {
  return output('playground/playground', ['exec', host, 'sh', '-eu'], { env: environment(), input: script });
}
