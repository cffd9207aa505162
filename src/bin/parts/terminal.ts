import type { Output } from '../../cli/world.ts';

const ctrlC = '\u0003';

/** Keys as they are pressed. The terminal makes no signal of Ctrl-C meanwhile, so we do. */
export function onKeys(listener: (key: string) => void): (() => void) | undefined {
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

/** A stream of this process. */
export function output(stream: NodeJS.WriteStream): Output {
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
