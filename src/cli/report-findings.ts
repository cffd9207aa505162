import type { Diagnostic } from '../model/diagnostic.ts';
import type { Globals } from './globals.ts';
import { renderDiagnostic } from './render/diagnostics.ts';
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
  globals: Globals,
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
  for (const each of diagnostics.filter((one) => !isError(one))) {
    world.stderr.write(renderDiagnostic(each, 'warning', texts, globals.color));
  }
  for (const each of errors) world.stderr.write(renderDiagnostic(each, 'error', texts, globals.color));
  if (errors.length > 1) world.stderr.write(`${errors.length} errors; nothing has been touched\n`);
  return errors.length > 0;
}
