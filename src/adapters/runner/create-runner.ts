import { stableJson } from '../../model/stable-json.ts';
import type { Host } from '../../model/host.ts';
import type { Runner } from '../../ports/runner.ts';
import { execute } from './execute.ts';
import { LocalTransport } from './local.ts';
import { SshTransport } from './ssh/transport.ts';
import type { SilenceLimits } from './silence.ts';
import type { Transport } from './transport.ts';
import { Workers } from './workers.ts';

/** Settings of a runner. */
export interface RunnerOptions {
  /** How long an unused connection is kept. */
  readonly idleMilliseconds?: number;
  /** How long work may be silent, where it is not as long as usual. */
  readonly limits?: SilenceLimits;
}

/** The runner over real hosts: spawning here, ssh elsewhere. Connections are shared by everything this process does. */
export function createRunner(options: RunnerOptions = {}): Runner {
  const idle = options.idleMilliseconds ?? 60_000;
  const reached = new Map<string, { transport: Transport; workers: Workers }>();
  const reach = (host: Host): { transport: Transport; workers: Workers } => {
    const identity = stableJson({ ...host, accelerator: undefined });
    const known = reached.get(identity);
    if (known) return known;
    const transport = host.connection === 'local' ? new LocalTransport() : new SshTransport(host, idle);
    const made = { transport, workers: new Workers(host.name, transport, idle) };
    reached.set(identity, made);
    return made;
  };
  return {
    run: (host, execution) => execute(reach(host).workers, execution, options.limits),
    open: (host, argv, signal) => reach(host).transport.open(argv, signal),
    close: async () => {
      for (const { workers } of reached.values()) workers.close();
      reached.clear();
    },
  };
}
