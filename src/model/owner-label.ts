/** Ownership label put on everything we make: in OVN and OVS `external_ids`, domain metadata, the host's manifest. */
export interface OwnerLabel {
  /** The installation (one server's home) that made it; another installation's resources are never removed. */
  readonly installation: string;
  readonly deployment: string;
  /** Rises each time this resource is remade, so that what is inside it can tell an old one from a new one. */
  readonly generation: number;
  /** Hash of the goal it was made from: a hint only, comparing uses fields. */
  readonly hash: string;
}

/** The keys of a mark where it is stored as string pairs (OVN and OVS `external_ids`). */
export const labelKeys = {
  installation: 'kvm-compose-installation',
  deployment: 'kvm-compose-deployment',
  resource: 'kvm-compose-resource',
  generation: 'kvm-compose-generation',
  hash: 'kvm-compose-hash',
} as const;

/** A mark, with the resource it is on, as string pairs. */
export function labelToPairs(label: OwnerLabel, resource: string): Record<string, string> {
  return {
    [labelKeys.installation]: label.installation,
    [labelKeys.deployment]: label.deployment,
    [labelKeys.resource]: resource,
    [labelKeys.generation]: String(label.generation),
    [labelKeys.hash]: label.hash,
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
  return { label: { installation, deployment, generation, hash: pairs[labelKeys.hash] ?? '' }, resource };
}
