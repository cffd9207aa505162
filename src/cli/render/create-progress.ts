import type { Globals } from '../globals.ts';
import type { CliWorld } from '../world.ts';
import type { Progress } from './progress.ts';

/** The progress of the chosen mode. */
export async function createProgress(globals: Globals, world: CliWorld): Promise<Progress> {
  switch (globals.progress) {
    case 'tty':
      return (await import('./live.ts')).liveProgress(world, globals.color);
    case 'plain':
      return (await import('./plain.ts')).plainProgress(world.stderr, globals.color);
    case 'json':
      return jsonProgress(world);
    case 'quiet':
      return quietProgress(world);
  }
}

/** One JSON object per line on standard output: the frames as they come. */
function jsonProgress(world: CliWorld): Progress {
  const line = (value: object): void => void world.stdout.write(`${JSON.stringify(value)}\n`);
  return {
    started: (run) => line({ type: 'started', run }),
    event: ({ id: _id, ...frame }) => line(frame),
    note: (text) => line({ type: 'note', text }),
    end: () => undefined,
  };
}

/** Only what went wrong. */
function quietProgress(world: CliWorld): Progress {
  return {
    started: () => undefined,
    event: (frame) => {
      if (frame.level === 'error') world.stderr.write(`${frame.text}\n`);
    },
    note: () => undefined,
    end: () => undefined,
  };
}
