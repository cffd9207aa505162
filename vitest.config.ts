import { existsSync } from 'node:fs';

import { defineConfig } from 'vitest/config';

/** A project's global set-up, once somebody has written it. */
const setup = (path: string) => (existsSync(new URL(path, import.meta.url)) ? { globalSetup: [path] } : {});

const seconds = 1000;
const minutes = 60 * seconds;

export default defineConfig({
  test: {
    projects: [
      {
        // Pure code, adapters against doubles, command-line transcripts: no server, no host.
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{workflows,scenarios,browser,house,chaos}/**'],
          testTimeout: 10 * seconds,
        },
      },
      {
        // The rules of the house; `npm run check` runs them.
        test: {
          name: 'house',
          include: ['test/house/**/*.test.ts'],
          testTimeout: 30 * seconds,
          hookTimeout: 90 * seconds,
        },
      },
      {
        // Needs a Temporal dev server. Forks, because the SDK's native part and worker threads do not mix.
        test: {
          name: 'workflow',
          include: ['test/workflows/**/*.test.ts'],
          pool: 'forks',
          testTimeout: minutes,
          hookTimeout: 2 * minutes,
          ...setup('./test/support/temporal-setup.ts'),
        },
      },
      {
        // Real hypervisors in the playground, which there is one of: one file after another.
        test: {
          name: 'scenario',
          include: ['test/scenarios/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 10 * minutes,
          hookTimeout: 10 * minutes,
          ...setup('./test/support/playground-setup.ts'),
        },
      },
    ],
  },
});
