import type { Diagnostic } from '../model/diagnostic.ts';
import { diagnosticData } from '../spec/diagnostic-data.ts';
import { printDiagnostics } from '../spec/print-diagnostics.ts';
import { sarifLog } from './render/sarif.ts';
import type { CliWorld } from './world.ts';

/** What counts as an error, and how it is said. */
interface ReportOptions {
  readonly format: 'text' | 'json' | 'sarif';
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
  const textOf = (file: string): string | undefined => texts.get(file);
  if (options.format !== 'text') {
    const data = diagnosticData(diagnostics, textOf);
    const wrong = new Set(data.filter((_each, index) => isError(diagnostics[index]!)));
    const shown =
      options.format === 'json'
        ? { valid: errors.length === 0, diagnostics: data }
        : sarifLog(data, (each) => wrong.has(each), world.version);
    world.stdout.write(`${JSON.stringify(shown, undefined, 2)}\n`);
    return errors.length > 0;
  }
  const say = (each: Diagnostic, severity: 'error' | 'warning'): void => {
    world.stderr.write(printDiagnostics([{ ...each, severity }], textOf));
  };
  for (const each of diagnostics) if (!isError(each)) say(each, 'warning');
  for (const each of errors) say(each, 'error');
  if (errors.length > 1) world.stderr.write(`${errors.length} errors; nothing has been touched\n`);
  return errors.length > 0;
}
