import pc from 'picocolors';
import type { FailureData } from '../../model/failure.ts';

/** A failure for people: what, on what, the command that failed, and what to do. */
export function renderFailure(failure: FailureData, color: boolean, about?: string): string {
  const paint = pc.createColors(color);
  const { code, message, object, host, command, exitCode, stderr, hint } = failure;
  const on = [object, host === undefined ? undefined : `on ${host}`].filter(
    (each) => each !== undefined && !message.includes(each),
  );
  const what = about === undefined ? '' : `${about}: `;
  const lines = [
    `${paint.red('error')}: ${what}${message}${on.length > 0 ? ` (${on.join(' ')})` : ''} ${paint.dim(`[${code}]`)}`,
  ];
  if (command !== undefined) lines.push(`  ran: ${command}${exitCode === undefined ? '' : ` (exit code ${exitCode})`}`);
  for (const line of (stderr ?? '').trimEnd().split('\n')) if (line.trim() !== '') lines.push(`  | ${line}`);
  if (code === 'internal')
    lines.push('  this looks like a bug of kvm-compose; `kvm-compose server logs worker` may say more');
  if (hint !== undefined) lines.push(`  ${paint.cyan('help')}: ${hint}`);
  return `${lines.join('\n')}\n`;
}
