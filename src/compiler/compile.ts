import type { Diagnostic } from '../model/diagnostic.ts';
import type { Inventory } from '../model/host.ts';
import { refOf } from '../model/ref.ts';
import type { Folder, Resource } from '../model/resources.ts';
import type { Testbed } from '../model/testbed.ts';
import { compileAccess } from './access.ts';
import { compileAcls } from './acls.ts';
import { check } from './check/check.ts';
import type { CompileFacts } from './facts.ts';
import { Findings } from './findings.ts';
import { compileBridges } from './bridges.ts';
import { compileContainer } from './containers.ts';
import { compileDns } from './dns.ts';
import { compileGolden } from './golden.ts';
import { compileLibvirt } from './libvirt-guests.ts';
import { compileRouters } from './routers.ts';
import { asLibvirt, type CompileContext, compileContextOf } from './compile-context.ts';
import { compileSwitches } from './switches.ts';

/** What a testbed comes to on these hosts. */
export interface Compiled {
  /** Every resource that should exist, in the order of their identities. */
  readonly desired: readonly Resource[];
  /** Machine → host. */
  readonly placement: Readonly<Record<string, string>>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Decides everything: where each machine goes, every address, every name. The same input gives the same bytes. */
export function compile(testbed: Testbed, inventory: Inventory, facts: CompileFacts): Compiled {
  const findings = new Findings();
  const context = compileContextOf(testbed, inventory, facts, findings);
  check(context);
  const resources: Resource[] = [
    ...foldersOf(context),
    ...compileSwitches(context),
    ...compileRouters(context),
    ...compileDns(context),
    ...compileAcls(context),
    ...compileAccess(context),
    ...compileBridges(context),
    ...compileGolden(context),
    ...context.guests.flatMap((guest) => {
      const libvirt = asLibvirt(guest);
      return libvirt ? compileLibvirt(context, libvirt) : compileContainer(context, guest);
    }),
  ];
  const placement = Object.fromEntries(context.guests.map(({ name, host }) => [name, host.name]));
  return { desired: inOrder(resources), placement, diagnostics: distinct(findings.all) };
}

/** Clones share what is said about their base, and what is missing is missing once, whoever asks for it. */
function distinct(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const keyOf = ({ code, message, position, severity }: Diagnostic): string =>
    `${code}\0${message}\0${severity === 'preflight' ? '' : `${position?.file}:${position?.line}:${position?.column}`}`;
  return [...new Map([...diagnostics].reverse().map((each) => [keyOf(each), each])).values()].reverse();
}

function foldersOf(context: CompileContext): Folder[] {
  const { guests, inventory, names, testbed } = context;
  const golden = testbed.machines.some(({ libvirt }) => libvirt?.scaling?.shared_setup !== undefined);
  const hosts = new Set([...guests.map(({ host }) => host.name), ...(golden ? [inventory.main] : [])]);
  return [...hosts].map((host) => ({
    kind: 'folder',
    name: names.folder(host),
    host,
    path: names.path(),
    mode: '0711',
  }));
}

/** By identity, each once: guests on one host share the image they are made from. */
function inOrder(resources: readonly Resource[]): Resource[] {
  const byRef = new Map(resources.map((each) => [refOf(each), each]));
  return [...byRef].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
