import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { CliWorld, Output } from '../../cli/world.ts';
import { readSettings } from '../../server/settings.ts';
import { createDial } from './dial.ts';
import { version } from './paths.ts';
import { readText } from './read-text.ts';
import { runHere } from './run-here.ts';
import { createServerControl } from './server-control.ts';

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
    exists: existsSync,
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

const ctrlC = '\u0003';

/** Keys as they are pressed. The terminal makes no signal of Ctrl-C meanwhile, so we do. */
function onKeys(listener: (key: string) => void): (() => void) | undefined {
  const { stdin } = process;
  if (!stdin.isTTY || !process.stderr.isTTY) return undefined;
  const take = (chunk: Buffer): void => {
    for (const key of chunk.toString()) {
      if (key === ctrlC) process.kill(process.pid, 'SIGINT');
      else listener(key);
    }
  };
  stdin.setRawMode(true).on('data', take).resume();
  return () => void stdin.off('data', take).setRawMode(false).pause();
}

function output(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => stream.write(text),
    get isTTY() {
      return stream.isTTY === true;
    },
    get columns() {
      return stream.columns || 100;
    },
    get rows() {
      return stream.rows || 24;
    },
  };
}
