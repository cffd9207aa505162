import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { compile } from '../../src/compiler/compile.ts';
import type { CompileFacts } from '../../src/compiler/facts.ts';
import { wantsOf } from '../../src/compiler/wants.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Inventory } from '../../src/model/host.ts';
import { refOf } from '../../src/model/ref.ts';
import type { Resource } from '../../src/model/resources.ts';
import { stableJson } from '../../src/model/stable-json.ts';
import { planChanges } from '../../src/planner/plan.ts';
import { printPlan } from '../../src/planner/print.ts';
import { kindOf } from '../../src/resources/registry.ts';
import { parseProject } from '../../src/spec/parse-project.ts';

const host = { connection: 'ssh', port: 22, user: 'root', accelerator: 'auto' } as const;

/** Two hosts nobody has asked. */
export const twoHosts: Inventory = {
  main: 'main',
  hosts: [
    { name: 'main', address: '10.99.0.1', ...host },
    { name: 'h2', address: '10.99.0.2', ...host },
  ],
};

/** One of them alone. */
export const oneHost: Inventory = { main: 'main', hosts: [twoHosts.hosts[0]!] };

const includedFolder = resolve(import.meta.dirname, '../fixtures/included');

/** What fixtures may include. */
export const included: ReadonlyMap<string, string> = new Map(
  readdirSync(includedFolder).map((name) => [`included/${name}`, readFileSync(resolve(includedFolder, name), 'utf8')]),
);

/** What a text comes to: findings, and with no error among them the desired state. */
export function compileText(
  text: string,
  facts: Partial<CompileFacts> = {},
  inventory: Inventory = twoHosts,
  deployment = 'lab',
): { diagnostics: readonly Diagnostic[]; desired?: readonly Resource[]; placement?: Readonly<Record<string, string>> } {
  const { testbed, diagnostics } = parseProject(text, { file: 'kvm-compose.yaml', deployment, included });
  if (!testbed) return { diagnostics };
  const all = { images: new Map(), files: new Map(), archives: new Map(), hosts: new Map(), placement: {}, ...facts };
  const { desired, placement, diagnostics: found } = compile(testbed, inventory, all);
  return { diagnostics: [...diagnostics, ...found], desired, placement };
}

/** Facts of a world where everything the file names was looked for and nothing was there. */
export function nothingThere(text: string): Partial<CompileFacts> {
  const { testbed } = parseProject(text, { file: 'kvm-compose.yaml', deployment: 'lab' });
  if (!testbed) return {};
  const { images, disks, files, archives } = wantsOf(testbed);
  const absent = (names: readonly string[]) => new Map(names.map((name) => [name, undefined]));
  return { images: absent([...images, ...disks]), files: absent(files), archives: absent(archives) };
}

/** A desired state, one field a line. Scripts of ours in seeds are left out: they are the same in every one. */
export function desiredText(desired: readonly Resource[]): string {
  return desired.map(resourceText).join('\n');
}

function resourceText(resource: Resource): string {
  const { kind: _kind, name: _name, host: where, ...fields } = resource;
  const lines = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = lines.map(([key, value]) => (key === 'files' ? seedText(resource) : `  ${key}: ${valueText(value)}\n`));
  return `${refOf(resource)} on ${where}\n${shown.join('')}`;
}

function seedText(resource: Resource): string {
  if (resource.kind !== 'seed') return '';
  const files = resource.files.filter(({ name }) => name !== 'guest.sh');
  return files
    .map((file) => {
      const body =
        'text' in file ? file.text.trimEnd().split('\n') : [`${file.blob.sha256.slice(0, 12)} ${file.blob.source}`];
      return `  ${file.name}:\n${body.map((line) => `    ${line}\n`).join('')}`;
    })
    .join('');
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : stableJson(value);
}

/** The plan for hosts that hold nothing. */
export function planText(desired: readonly Resource[], inventory: Inventory = twoHosts): string {
  const observed = { copies: new Map(), facts: new Map(), unknown: new Map() };
  const { plan, refused } = planChanges({
    deployment: 'lab',
    installation: '0a0b0c0d',
    inventory,
    desired,
    observed,
    kindOf,
  });
  const refusals = refused.map(({ code, message }) => `refused: ${message} [${code}]\n`).sort();
  return `${printPlan(plan)}${[...new Set(refusals)].join('')}`;
}
