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
