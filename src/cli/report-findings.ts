import type { Diagnostic } from '../model/diagnostic.ts';
import { printDiagnostics } from '../spec/print-diagnostics.ts';
import type { CliWorld } from './world.ts';

/** What counts as an error, and how it is said. */
interface ReportOptions {
  readonly format: 'text' | 'json';
  readonly strict: boolean;
  /** Findings about machines and files are errors too: something is about to be done. */
  readonly preflight: boolean;
}

/** Prints diagnostics, errors last so that they are what one sees; true when there is an error among them. */
export function reportFindings(
  world: CliWorld,
  { diagnostics, texts }: { readonly diagnostics: readonly Diagnostic[]; readonly texts: ReadonlyMap<string, string> },
  options: ReportOptions,
): boolean {
  const isError = ({ severity }: Diagnostic): boolean =>
    severity === 'error' || (severity === 'preflight' ? options.preflight || options.strict : options.strict);
  const errors = diagnostics.filter(isError);
  if (options.format === 'json') {
    const shown = { valid: errors.length === 0, diagnostics };
    world.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
    return errors.length > 0;
  }
  const say = (each: Diagnostic, severity: 'error' | 'warning'): void => {
    const text = texts.get(each.position?.file ?? '') ?? '';
    world.stderr.write(printDiagnostics([{ ...each, severity }], text));
  };
  for (const each of diagnostics) if (!isError(each)) say(each, 'warning');
  for (const each of errors) say(each, 'error');
  if (errors.length > 1) world.stderr.write(`${errors.length} errors; nothing has been touched\n`);
  return errors.length > 0;
}
