import { exitCode } from '../messages/exit-code.ts';
import type { FailureData } from '../model/failure.ts';

/** Failures that mean "you asked for something that cannot be", before anything was touched. */
const invalid: ReadonlySet<string> = new Set([
  'usage',
  'bad-setting',
  'invalid-project',
  'file-missing',
  'file-unreadable',
  'artefact-invalid',
  'image-missing',
  'image-pin',
  'no-such-guest',
  'no-such-host',
  'needs-replace',
  'cannot-now',
  'one-machine-twice',
  'deployment-elsewhere',
  'no-such-run',
  'no-such-deployment',
  'bad-frame',
  'message-too-large',
]);

/** The exit code a failure ends the command line with. */
export function exitCodeOf({ code }: FailureData): number {
  if (invalid.has(code)) return exitCode.usage;
  if (code === 'busy') return exitCode.busy;
  return code === 'cancelled' ? exitCode.cancelled : exitCode.failed;
}
