import { compile, type Compiled } from '../compiler/compile.ts';
import type { CompileFacts } from '../compiler/facts.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { Failure } from '../model/failure.ts';
import type { Inventory } from '../model/host.ts';
import type { Testbed } from '../model/testbed.ts';
import { gatherIncluded } from '../spec/include.ts';
import { localInventory, parseInventory } from '../spec/inventory.ts';
import { parseProject } from '../spec/parse-project.ts';
import type { ActivityPorts } from './activity-ports.ts';

/** Where a project is, on the server's machine. */
export interface ProjectPlace {
  readonly deployment: string;
  readonly folder: string;
  readonly file: string;
  readonly hostsFile?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** A path of the project file: relative ones are meant from the folder the file is in. */
export function resolvePath(folder: string, path: string): string {
  return path.startsWith('/') ? path : `${folder}/${path.replace(/^\.\//, '')}`;
}

/** The hosts file by a path that means the same wherever it is read; undefined where there is none. */
export function hostsFileOf({ folder, hostsFile }: ProjectPlace): string | undefined {
  return hostsFile === undefined ? undefined : resolvePath(folder, hostsFile);
}

/** The hosts file, or one local host named main where there is none. Throws Failure `invalid-project`. */
export async function loadInventory(ports: ActivityPorts, place: ProjectPlace): Promise<Inventory> {
  if (place.hostsFile === undefined) return localInventory;
  const path = resolvePath(place.folder, place.hostsFile);
  const { inventory, diagnostics } = parseInventory(await ports.files.readText(path), place.hostsFile);
  refuseErrors(diagnostics, { preflight: false, warnings: false });
  return inventory!;
}

/** Reads and parses the project file. Throws Failure `invalid-project` with every diagnostic. */
export async function loadTestbed(
  ports: ActivityPorts,
  place: ProjectPlace,
  severity: Severity,
): Promise<{ testbed: Testbed; diagnostics: readonly Diagnostic[] }> {
  const { file, folder, deployment, variables: environment = {} } = place;
  const text = await ports.files.readText(resolvePath(folder, file));
  const included = await gatherIncluded(text, file, environment, (path) =>
    ports.files.readText(resolvePath(folder, path)).catch(() => undefined),
  );
  const { testbed, diagnostics } = parseProject(text, { file, deployment, environment, included });
  refuseErrors(diagnostics, severity);
  return { testbed: testbed!, diagnostics };
}

/** Which findings besides errors keep a command from going on. */
export interface Severity {
  /** What was not found where it was looked for. */
  readonly preflight: boolean;
  /** `--strict`. */
  readonly warnings: boolean;
}

/** Compiles, and refuses what cannot be compiled before anything is touched. */
export function compileOrRefuse(
  testbed: Testbed,
  inventory: Inventory,
  facts: CompileFacts,
  severity: Severity,
): Compiled {
  const compiled = compile(testbed, inventory, facts);
  refuseErrors(compiled.diagnostics, severity);
  return compiled;
}

/** A finding in one line: `file:line:column: what`. */
export function textOf({ position, message }: Diagnostic): string {
  return position ? `${position.file}:${position.line}:${position.column}: ${message}` : message;
}

/** Refuses what was found in a file, the first finding foremost. */
export function refuseErrors(diagnostics: readonly Diagnostic[], also: Severity): void {
  const bad = diagnostics.filter(
    ({ severity }) =>
      severity === 'error' || (also.preflight && severity === 'preflight') || (also.warnings && severity === 'warning'),
  );
  const [first] = bad;
  if (!first) return;
  const more = bad.length > 1 ? ` (and ${bad.length - 1} more)` : '';
  throw new Failure({
    code: 'invalid-project',
    class: 'permanent',
    message: `${textOf(first)}${more}`,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
    diagnostics: bad.slice(0, 100),
  });
}
