import { usage } from './usage.ts';
import type { CliWorld } from './world.ts';

/** Asks the person at the terminal; undefined where nobody can be asked. Anything but y is a no. */
export async function confirm(world: CliWorld, question: string): Promise<boolean | undefined> {
  let answer: (yes: boolean) => void = () => undefined;
  const answered = new Promise<boolean>((resolve) => (answer = resolve));
  const release = world.onKeys((key) => answer(key.toLowerCase() === 'y'));
  if (!release) return undefined;
  world.stderr.write(`${question} [y/N] `);
  const forget = world.onInterrupt(() => answer(false));
  const yes = await answered;
  forget();
  release();
  world.stderr.write(yes ? 'yes\n' : 'no\n');
  return yes;
}

/**
 * Whether a loss was agreed to: by the flag, or by the person at the terminal. Throws Failure `usage` where neither is
 * there, so that nothing is touched.
 */
export async function agreed(world: CliWorld, yes: boolean | undefined, question: string): Promise<boolean> {
  const answer = yes ?? (await confirm(world, question));
  if (answer === undefined)
    throw usage(`${question} There is no terminal to ask at`, 'give --yes to agree; nothing has been touched');
  if (!answer) world.stderr.write('nothing was touched\n');
  return answer;
}
