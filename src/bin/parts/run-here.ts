import { spawn } from 'node:child_process';

/** Runs a program on this terminal; its exit code. */
export function runHere([command, ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command!, args, { stdio: 'inherit' });
    // Ctrl-C is for the program on the terminal; it decides what it means.
    const ignore = (): void => undefined;
    process.on('SIGINT', ignore);
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGINT', ignore);
      resolve(code ?? 1);
    });
  });
}
