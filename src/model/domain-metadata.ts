import type { Mark } from './mark.ts';

/** Namespace of our element in a domain's `<metadata>`. */
export const metadataNamespace = 'https://kvm-compose.example/xmlns/1';

/** What a domain carries about itself. */
export interface DomainMetadata {
  readonly mark: Mark;
  /** The guest's name in the project file. */
  readonly guest?: string;
}

/** The `<metadata>` element of a domain: one element of ours, because libvirt keeps one per namespace. */
export function renderDomainMetadata({ mark, guest }: DomainMetadata): string {
  const pairs: Record<string, string> = {
    installation: mark.installation,
    deployment: mark.deployment,
    generation: String(mark.generation),
    hash: mark.hash,
    ...(guest === undefined ? {} : { guest }),
  };
  const attributes = Object.entries(pairs).map(([key, value]) => ` ${key}='${escapeXml(value)}'`);
  return `<metadata><kc:mark xmlns:kc='${metadataNamespace}'${attributes.join('')}/></metadata>`;
}

/** Reads our element from a domain's XML, as libvirt prints it; undefined when there is none. */
export function parseDomainMetadata(xml: string): DomainMetadata | undefined {
  const element = /<kc:mark\b[^>]*>/.exec(xml)?.[0];
  if (element === undefined || !element.includes(metadataNamespace)) return undefined;
  const pairs = new Map(
    [...element.matchAll(/ ([a-z]+)=(?:"([^"]*)"|'([^']*)')/g)].map((found) => [found[1], found[2] ?? found[3] ?? '']),
  );
  const text = (key: string): string => unescapeXml(pairs.get(key) ?? '');
  const mark = {
    installation: text('installation'),
    deployment: text('deployment'),
    generation: Number(text('generation') || '1'),
    hash: text('hash'),
  };
  return pairs.has('guest') ? { mark, guest: text('guest') } : { mark };
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

function unescapeXml(text: string): string {
  const characters = new Map(Object.entries(entities).map(([character, entity]) => [entity, character]));
  return text.replace(/&[a-z]+;/g, (entity) => characters.get(entity) ?? entity);
}
