import { guestFolder } from '../model/artefacts.ts';
import type { Inventory } from '../model/host.ts';
import { labelKeys } from '../model/owner-label.ts';
import type { AccessLink, Resource } from '../model/resources.ts';
import type { OvnRow, OvnValue } from '../model/transport/ovn.ts';
import { planChanges } from './plan.ts';
import { printPlan } from './print.ts';
import type { KindOf } from './resource-change.ts';

/** What the generated texts are made of. */
export interface ArtefactInput {
  readonly deployment: string;
  readonly inventory: Inventory;
  /** Compiled without anything the user edited: these are the texts the edited ones are compared with. */
  readonly desired: readonly Resource[];
  readonly kindOf: KindOf;
}

/** Every text that is generated for a project, by path inside the artefacts folder. They hold no mark and no secret. */
export function artefactTexts(input: ArtefactInput): ReadonlyMap<string, string> {
  const { desired } = input;
  const links = desired.filter((each): each is AccessLink => each.kind === 'access.link');
  return new Map([
    ['plan.txt', planText(input)],
    ['network.txt', networkText(input)],
    ['links.txt', links.map(linkText).join('')],
    ...desired.flatMap((each) => guestTexts(each, input)),
  ]);
}

/** The plan for hosts that hold nothing: it says of a file what no host can change. */
function planText({ deployment, inventory, desired, kindOf }: ArtefactInput): string {
  const observed = { copies: new Map(), facts: new Map(), unknown: new Map() };
  const { plan } = planChanges({ deployment, installation: '', inventory, desired, observed, kindOf });
  return printPlan(plan);
}

function guestTexts(resource: Resource, { deployment, kindOf }: ArtefactInput): [string, string][] {
  const { guest = resource.name } = resource;
  if (resource.kind === 'seed') {
    return resource.files.flatMap((file): [string, string][] =>
      'text' in file ? [[`${guestFolder(guest)}/${file.name}`, file.text]] : [],
    );
  }
  if (resource.kind !== 'libvirt.domain') return [];
  const op = kindOf(resource.kind).render(resource, markOf(deployment), resource);
  return op.transport === 'libvirt' && op.do === 'ensure'
    ? [[`${guestFolder(guest)}/domain.xml`, withoutIdentity(op.xml)]]
    : [];
}

/** Identity and mark are the server's to give, when it makes the domain. */
function withoutIdentity(xml: string): string {
  return xml.replace(/\s*<uuid>[^<]*<\/uuid>/, '').replace(/\s*<metadata>.*<\/metadata>/, '');
}

function markOf(deployment: string): { installation: string; deployment: string; generation: number; hash: string } {
  return { installation: '', deployment, generation: 1, hash: '' };
}

function linkText({ name, host, port, outer, inner, namespace, mac, mtu, address }: AccessLink): string {
  const addresses = address === undefined ? '' : ` address ${address}`;
  return `${name} on ${host}: ${outer} (port ${port}) to ${inner} in ${namespace}, mac ${mac}, mtu ${mtu}${addresses}\n`;
}

/** Rows of the northbound database, with names where the database has UUIDs. */
function networkText({ deployment, desired, kindOf }: ArtefactInput): string {
  const rows = desired.flatMap((each) => {
    const kind = kindOf(each.kind);
    if (kind.transport !== 'ovn') return [];
    const op = kind.render(each, markOf(deployment), each);
    return op.transport === 'ovn' && op.do === 'ensure' ? op.rows.map((row) => ({ row, resource: each })) : [];
  });
  const titles = new Map(rows.map(({ row, resource }) => [row.uuid, titleOf(row, resource)] as const));
  return rows.map(({ row }) => rowText(row, titles)).join('\n');
}

function titleOf({ table, columns }: OvnRow, { name }: Resource): string {
  const own = columns['name'];
  return `${table} ${typeof own === 'string' && own !== '' ? own : name}`;
}

function rowText({ uuid, columns, parent }: OvnRow, titles: ReadonlyMap<string, string>): string {
  const named = (text: string): string => titles.get(text) ?? text;
  const lines = Object.entries(columns)
    .map(([column, value]) => [column, column === 'external_ids' ? withoutMark(value) : value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([column, value]) => {
      const text = valueText(value, named);
      return text === '' || column === 'name' ? [] : [`  ${column}: ${text}`];
    });
  const inside = parent === undefined ? [] : [`  in ${named(parent.uuid)} (${parent.column})`];
  return `${[named(uuid), ...inside, ...lines].join('\n')}\n`;
}

function valueText(value: OvnValue, named: (text: string) => string): string {
  if (typeof value !== 'object') return named(String(value));
  if (isSet(value)) return value.map(named).join(', ');
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${key}=${named(each)}`)
    .join(' ');
}

function isSet(value: OvnValue): value is readonly string[] {
  return Array.isArray(value);
}

function withoutMark(value: OvnValue): OvnValue {
  if (typeof value !== 'object' || isSet(value)) return value;
  const marks: ReadonlySet<string> = new Set(Object.values(labelKeys));
  return Object.fromEntries(Object.entries(value).filter(([key]) => !marks.has(key)));
}
