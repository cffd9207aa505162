import type { ServerControl } from '../../cli/world.ts';
import { logFile, runningServer, startServer, stopServer } from '../../server/control.ts';
import { readToken } from '../../server/home.ts';
import { tailLog } from '../../server/tail-log.ts';
import type { ServerSettings } from '../../server/settings.ts';
import { program } from './paths.ts';

/** The server of a home, for the command line. */
export function createServerControl(settings: ServerSettings): ServerControl {
  const { home } = settings;
  return {
    home,
    running: async () => {
      // Where the home may not be read nothing is known of its server, and that must be said.
      readToken(home);
      return runningServer(home);
    },
    start: async (say) => {
      const { status, already } = await startServer(settings, program('supervisor'), say);
      return { info: status, already };
    },
    stop: () => stopServer(home),
    logs: (part, lines, follow, take) => tailLog(logFile(home, part), lines, follow, take),
  };
}
