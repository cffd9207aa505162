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
import { compileGuest } from './guests.ts';
import { compileRouters } from './routers.ts';
import { type Scene, sceneOf } from './scene.ts';
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
  const scene = sceneOf(testbed, inventory, facts, findings);
  check(scene);
  const resources: Resource[] = [
    ...foldersOf(scene),
    ...compileSwitches(scene),
    ...compileRouters(scene),
    ...compileAcls(scene),
    ...compileAccess(scene),
    ...scene.guests.flatMap((guest) => compileGuest(scene, guest)),
  ];
  return { desired: inOrder(resources), placement: scene.placement, diagnostics: findings.all };
}

function foldersOf({ guests, names }: Scene): Folder[] {
  const hosts = [...new Set(guests.map(({ host }) => host.name))];
  return hosts.map((host) => ({ kind: 'folder', name: names.folder(host), host, path: names.path(), mode: '0711' }));
}

/** By identity, each once: guests on one host share the image they are made from. */
function inOrder(resources: readonly Resource[]): Resource[] {
  const byRef = new Map(resources.map((each) => [refOf(each), each]));
  return [...byRef].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
