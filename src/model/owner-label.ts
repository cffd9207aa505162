/**
 * Why a resource exists, and with it who may end it. `file`: the project file wants it, so it is removed when the file no
 * longer does. `person`: a person asked for it, so it is removed only when a person asks for that. `reference`: other
 * resources stand on it, so it is removed when none does.
 */
export type Life = 'file' | 'person' | 'reference';

/** Ownership label put on everything we make: in OVN and OVS `external_ids`, domain metadata, the host's manifest. */
export interface OwnerLabel {
  /** The installation (one server's home) that made it; another installation's resources are never removed. */
  readonly installation: string;
  readonly deployment: string;
  /** Rises each time this resource is remade, so that what is inside it can tell an old one from a new one. */
  readonly generation: number;
  /** Hash of the goal it was made from: a hint only, comparing uses fields. */
  readonly hash: string;
  /** Left out for `file`: labels are written as they always were. */
  readonly life?: Exclude<Life, 'file'>;
}

/** The keys of a mark where it is stored as string pairs (OVN and OVS `external_ids`). */
export const labelKeys = {
  installation: 'kvm-compose-installation',
  deployment: 'kvm-compose-deployment',
  resource: 'kvm-compose-resource',
  generation: 'kvm-compose-generation',
  hash: 'kvm-compose-hash',
  life: 'kvm-compose-life',
} as const;

/** A mark, with the resource it is on, as string pairs. */
export function labelToPairs(label: OwnerLabel, resource: string): Record<string, string> {
  return {
    [labelKeys.installation]: label.installation,
    [labelKeys.deployment]: label.deployment,
    [labelKeys.resource]: resource,
    [labelKeys.generation]: String(label.generation),
    [labelKeys.hash]: label.hash,
    ...(label.life === undefined ? {} : { [labelKeys.life]: label.life }),
  };
}

/** Reads a mark back; undefined when the pairs hold no mark of this product. */
export function labelFromPairs(
  pairs: Readonly<Record<string, string>>,
): { label: OwnerLabel; resource: string } | undefined {
  const installation = pairs[labelKeys.installation];
  const deployment = pairs[labelKeys.deployment];
  const resource = pairs[labelKeys.resource];
  if (installation === undefined || deployment === undefined || resource === undefined) return undefined;
  const generation = Number(pairs[labelKeys.generation] ?? '1');
  const hash = pairs[labelKeys.hash] ?? '';
  return { label: { installation, deployment, generation, hash, ...lifeIn(pairs[labelKeys.life]) }, resource };
}

/** A life as it is stored; nothing for `file`. */
export function lifeIn(text: string | undefined): Pick<OwnerLabel, 'life'> {
  return text === 'person' || text === 'reference' ? { life: text } : {};
}
