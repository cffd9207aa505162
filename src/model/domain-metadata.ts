import type { OwnerLabel } from './owner-label.ts';
import type { Asked } from './request.ts';

/** Namespace of our element in a domain's `<metadata>`. */
export const metadataNamespace = 'https://kvm-compose.example/xmlns/1';

/** What a domain carries about itself. */
export interface DomainMetadata {
  readonly mark: OwnerLabel;
  /** The guest's name in the project file. */
  readonly guest?: string;
  /** Hash of the XML the user edited, if it was made from such. */
  readonly edited?: string;
  /** A person had it stopped or paused. */
  readonly asked?: Asked;
}

/** The `<metadata>` element of a domain: one element of ours, because libvirt keeps one per namespace. */
export function renderDomainMetadata(metadata: DomainMetadata): string {
  return `<metadata>${renderMark(metadata)}</metadata>`;
}

/** The element of ours as `virsh metadata --key kc --set` wants it: libvirt adds the namespace itself. */
export function renderPlainMark(metadata: DomainMetadata): string {
  return renderMark(metadata).replace(`kc:mark xmlns:kc='${metadataNamespace}'`, 'mark');
}

function renderMark({ mark: label, guest, edited, asked }: DomainMetadata): string {
  const pairs: Record<string, string> = {
    installation: label.installation,
    deployment: label.deployment,
    generation: String(label.generation),
    hash: label.hash,
    ...(label.life === undefined ? {} : { life: label.life }),
    ...(guest === undefined ? {} : { guest }),
    ...(edited === undefined ? {} : { edited }),
    ...(asked === undefined ? {} : { asked: asked.state, askedby: asked.by, askedat: asked.at }),
  };
  const attributes = Object.entries(pairs).map(([key, value]) => ` ${key}='${escapeXml(value)}'`);
  return `<kc:mark xmlns:kc='${metadataNamespace}'${attributes.join('')}/>`;
}

/** A domain's XML with another element of ours; as it was where it has none. */
export function withMetadata(xml: string, metadata: DomainMetadata): string {
  return xml.replace(/<kc:mark\b[^>]*>/, () => renderMark(metadata));
}

/** What goes, by how it starts: most XML is ours and has none of it, and looking for the whole takes long. */
const foreign = [
  ['<!--', /<!--[\s\S]*?-->/g],
  ['<uuid>', /\s*<uuid>[^<]*<\/uuid>/],
  ['<kc:mark', /\s*<kc:mark\b[^>]*?(?:\/>|>\s*<\/kc:mark>)/],
  ['<metadata', /\s*<metadata(?:\s*\/>|>\s*<\/metadata>)/],
] as const;

/**
 * A domain's XML with our UUID and mark instead of any it has. They come after the name, or into metadata of the
 * user's own. Comments go: a name in one of them is none, and libvirt drops them anyway.
 */
export function identifyDomain(xml: string, name: string, uuid: string, metadata: DomainMetadata): string {
  const plain = foreign.reduce((text, [start, all]) => (text.includes(start) ? text.replace(all, '') : text), xml);
  const own = /<metadata\b[^>]*>/.exec(plain)?.[0];
  const marked = own === undefined ? plain : plain.replace(own, () => own + renderMark(metadata));
  const after = `${domainNameElement(name)}\n  <uuid>${uuid}</uuid>`;
  const rest = own === undefined ? `\n  ${renderDomainMetadata(metadata)}` : '';
  return marked.replace(domainNameElement(name), () => after + rest);
}

/** The element that names a domain, as we write it. */
export function domainNameElement(name: string): string {
  return `<name>${escapeXml(name)}</name>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
};

/** Text as it may stand in an XML attribute or element. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => entities[character]!);
}
