import { randomBytes } from 'node:crypto';

import { requestOf } from './request.ts';
import type { Workers } from './workers.ts';

/** A host that does not even answer this is not waited for. */
const lookMilliseconds = 10_000;
const shown = 200;

/** What the processes of an execution are about. */
export interface Look {
  /** Changes whenever one of them reads or writes a byte, begins or ends. */
  readonly bytes: string;
  /** The command that is waited for, as far as it can be told. */
  readonly command?: string;
}

/** Prints `does COMMAND` and the counters of bytes for each process of an execution, the youngest last. */
const lookScript = `read -r key token
read -r job_token leader rest </run/kvm-compose/exec/job.$key && [ "$job_token" = "$token" ] || exit 0
for process in /proc/[0-9]*; do
  { IFS= read -r stat <"$process/stat"; } 2>/dev/null || continue
  rest=\${stat##*) }; rest=\${rest#* * }
  [ "\${rest%% *}" = "$leader" ] || continue
  grep -s char "$process/io"
  echo "does $(tr '\\0\\n' '  ' 2>/dev/null <"$process/cmdline")"
done
`;

/** Looks at what an execution does at this moment; undefined when the host does not say. Changes nothing. */
export async function lookAt(workers: Workers, key: string, token: string): Promise<Look | undefined> {
  const giveUp = AbortSignal.timeout(lookMilliseconds);
  const own = randomBytes(12).toString('hex');
  try {
    const worker = await workers.take({ urgent: true, signal: giveUp });
    const end = (): void => worker.end();
    giveUp.addEventListener('abort', end, { once: true });
    const output: Buffer[] = [];
    const request = requestOf(lookScript, Buffer.from(`${key} ${token}\n`), own, own.slice(0, 16));
    const frame = await worker.ask(own.slice(0, 16), request, undefined, (chunk) => output.push(chunk));
    giveUp.removeEventListener('abort', end);
    workers.give(worker);
    return frame?.state === 'exit' ? lookIn(Buffer.concat(output).toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}

/** Shells only wait for what they started. */
function lookIn(text: string): Look {
  const commands = text
    .split('\n')
    .flatMap((line) => /^does (?!(?:\S*\/)?(?:busybox )?(?:da|ba)?sh )(.+)$/.exec(line)?.[1]?.trim() ?? []);
  const [command] = commands;
  return { bytes: text, ...(command === undefined ? {} : { command: command.slice(0, shown) }) };
}
