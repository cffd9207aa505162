import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { CliWorld } from '../../cli/world.ts';
import { readSettings } from '../../server/settings.ts';
import { createDial } from './dial.ts';
import { version } from './paths.ts';
import { openProjectFiles } from './project-files.ts';
import { copyFile } from './copy-file.ts';
import { readText } from './read-text.ts';
import { runHere } from './run-here.ts';
import { createServerControl } from './server-control.ts';
import { onKeys, output } from './terminal.ts';

/** The terminal, the files and the server of this machine. */
export function createCliWorld(): CliWorld {
  const settings = readSettings(process.env);
  return {
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    user: `${process.env['SUDO_USER'] ?? userInfo().username}@${hostname()}`,
    version,
    dial: createDial(settings),
    server: createServerControl(settings),
    readText,
    copyFile,
    exists: existsSync,
    projectFiles: openProjectFiles,
    imageNames: async () => {
      const { createImages } = await import('../../adapters/images/images.ts');
      return createImages({ cacheFolder: settings.cache, catalogueFile: settings.images }).names();
    },
    spawn: runHere,
    onInterrupt: (listener) => {
      process.on('SIGINT', listener);
      return () => process.off('SIGINT', listener);
    },
    onKeys,
    now: Date.now,
    newId: randomUUID,
  };
}
