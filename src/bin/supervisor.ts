import { openHome } from '../server/home.ts';
import type { SupervisorMessage } from '../server/control.ts';
import { goBeforeGuests } from '../server/priority.ts';
import { readSettings } from '../server/settings.ts';
import { supervise } from '../server/supervisor.ts';
import { failureOf } from '../model/failure.ts';
import { checkout, program, version } from './parts/paths.ts';

process.title = 'kvm-compose supervisor';

/** Whoever started this may have gone; the log stays. */
function tell(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message, () => undefined);
}

function say(text: string): void {
  console.log(`${new Date().toISOString()} ${text}`);
  tell({ say: text });
}

async function main(): Promise<void> {
  goBeforeGuests(say);
  const settings = readSettings(process.env);
  const server = await supervise({
    settings,
    home: openHome(settings.home),
    version,
    programs: { worker: program('worker'), gateway: program('gateway') },
    checkout,
    env: process.env,
    say,
  });
  if ('holder' in server) return tell(server);
  const { port, temporal } = server.status;
  console.log(
    `${new Date().toISOString()} ready: gateway on port ${port}, Temporal ${temporal.version} on ${temporal.address}`,
  );
  tell({ ready: true });
  const stop = (): void => {
    void server.stop().finally(() => process.exit(0));
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
}

try {
  await main();
} catch (error) {
  console.error(error);
  tell({ failure: failureOf(error) });
  process.exitCode = 1;
}
