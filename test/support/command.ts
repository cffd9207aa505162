import { spawn } from 'node:child_process';

/** What a program left behind. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a program gets besides its arguments. */
export interface CommandOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Shows its standard error while it runs: for set-ups that take minutes. */
  readonly showProgress?: boolean;
}

/** Runs a program to its end, whatever its exit code. */
export function command(program: string, args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...options.env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (options.showProgress === true) process.stderr.write(text);
    });
    child.stdin.on('error', () => undefined); // a program need not read what it is given
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** Runs a program that has to succeed; what it printed, without the last line's end. */
export async function output(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await command(program, args, options);
  if (code !== 0) throw new Error(`${[program, ...args].join(' ')} ended with ${code}: ${stderr}${stdout}`);
  return stdout.trimEnd();
}
