import { createHash } from 'node:crypto';

import { XMLParser } from 'fast-xml-parser';

import { type DomainMetadata, metadataNamespace } from '../../model/domain-metadata.ts';
import { lifeIn } from '../../model/owner-label.ts';
import type { DomainAnswer } from '../../model/transport/libvirt.ts';

/** What we read from a domain's XML as libvirt prints it. */
export interface DomainXml extends Pick<
  DomainAnswer,
  'name' | 'cpus' | 'memoryMiB' | 'accelerator' | 'disks' | 'consoleLog'
> {
  /** Undefined when it carries none of ours. */
  readonly metadata?: DomainMetadata;
  readonly interfaces: readonly { readonly mac: string; readonly tap: string; readonly mtu: number }[];
}

/** An element: attributes under their names with `@` before, children under theirs, several of a name as a list. */
type Element = string | { readonly [name: string]: Element | readonly Element[] };

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  trimValues: false,
  // Metadata of somebody else's may nest as deep as it likes.
  maxNestedTags: 1000,
  // The parser refuses a document with such a name, and one guest's XML must not hide all guests of its host.
  transformTagName: (name) => (name === 'prototype' || name in Object.prototype ? `:${name}` : name),
});

/** Parsing costs a millisecond or so for each domain and the same XML is seen again and again: these many are kept. */
const most = 4096;
const known = new Map<string, DomainXml>();

/** Reads a domain's XML. */
export function readDomainXml(xml: string): DomainXml {
  const hash = createHash('sha256').update(xml).digest('base64');
  const before = known.get(hash);
  if (before) return before;
  // What only indents is dropped first: it would be half of all that the parser keeps.
  const root = parser.parse(xml.replace(/>\s+</g, '><')) as Element;
  // Copied, because a part of a text keeps the whole of it in memory, which is the answer of a host.
  const read = JSON.parse(JSON.stringify(domainOf(root))) as DomainXml;
  if (known.size >= most) known.delete(known.keys().next().value!);
  known.set(hash, read);
  return read;
}

function domainOf(root: Element): DomainXml {
  const domain = first(root, 'domain');
  const devices = first(domain, 'devices');
  const metadata = metadataOf(first(domain, 'metadata'));
  return {
    name: textOf(first(domain, 'name')),
    cpus: Number(textOf(first(domain, 'vcpu'))),
    memoryMiB: memoryOf(first(domain, 'memory')),
    accelerator: attributeOf(domain, 'type') === 'kvm' ? 'kvm' : 'qemu',
    disks: all(devices, 'disk').map((disk) => ({
      path: attributeOf(first(disk, 'source'), 'file'),
      format: attributeOf(first(disk, 'driver'), 'type') === 'raw' ? 'raw' : 'qcow2',
      readonly: all(disk, 'readonly').length > 0,
    })),
    interfaces: all(devices, 'interface').map((each) => ({
      mac: attributeOf(first(each, 'mac'), 'address'),
      tap: attributeOf(first(each, 'target'), 'dev'),
      mtu: Number(attributeOf(first(each, 'mtu'), 'size')),
    })),
    consoleLog: attributeOf(first(first(devices, 'serial'), 'log'), 'file'),
    ...(metadata ? { metadata } : {}),
  };
}

function metadataOf(element: Element): DomainMetadata | undefined {
  const ours = all(element, 'kc:mark').find((each) => attributeOf(each, 'xmlns:kc') === metadataNamespace);
  if (ours === undefined) return undefined;
  const [guest, edited] = [optional(ours, 'guest'), optional(ours, 'edited')];
  return {
    mark: {
      installation: attributeOf(ours, 'installation'),
      deployment: attributeOf(ours, 'deployment'),
      generation: Number(attributeOf(ours, 'generation') || '1'),
      hash: attributeOf(ours, 'hash'),
      ...lifeIn(optional(ours, 'life')),
    },
    ...(guest === undefined ? {} : { guest }),
    ...(edited === undefined ? {} : { edited }),
    ...askedIn(attributeOf(ours, 'asked'), attributeOf(ours, 'askedby'), attributeOf(ours, 'askedat')),
  };
}

function askedIn(state: string, by: string, at: string): Pick<DomainMetadata, 'asked'> {
  return state === 'off' || state === 'paused' ? { asked: { state, by, at } } : {};
}

function memoryOf(memory: Element): number {
  const perMiB = { KiB: 1024, MiB: 1, GiB: 1 / 1024 }[attributeOf(memory, 'unit')] ?? 1024;
  return Math.round(Number(textOf(memory)) / perMiB);
}

function all(parent: Element, name: string): readonly Element[] {
  if (typeof parent === 'string' || !Object.hasOwn(parent, name)) return [];
  const found = parent[name]!;
  return Array.isArray(found) ? (found as readonly Element[]) : [found as Element];
}

function first(parent: Element, name: string): Element {
  return all(parent, name)[0] ?? '';
}

function textOf(element: Element): string {
  return typeof element === 'string' ? element : textOf(first(element, '#text'));
}

function optional(element: Element, attribute: string): string | undefined {
  const found = all(element, `@${attribute}`)[0];
  return found === undefined ? undefined : textOf(found);
}

function attributeOf(element: Element, attribute: string): string {
  return optional(element, attribute) ?? '';
}
