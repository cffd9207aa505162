/** Ownership label put on everything we make: in OVN and OVS `external_ids`, domain metadata, the host's manifest. */
export interface Mark {
  /** The installation (one server's home) that made it; another installation's resources are never removed. */
  readonly installation: string;
  readonly deployment: string;
  /** Rises each time this resource is remade, so that what is inside it can tell an old one from a new one. */
  readonly generation: number;
  /** Hash of the goal it was made from: a hint only, comparing uses fields. */
  readonly hash: string;
}

/** The keys of a mark where it is stored as string pairs (OVN and OVS `external_ids`). */
export const markKeys = {
  installation: 'kvm-compose-installation',
  deployment: 'kvm-compose-deployment',
  resource: 'kvm-compose-resource',
  generation: 'kvm-compose-generation',
  hash: 'kvm-compose-hash',
} as const;

/** A mark, with the resource it is on, as string pairs. */
export function markToPairs(mark: Mark, resource: string): Record<string, string> {
  return {
    [markKeys.installation]: mark.installation,
    [markKeys.deployment]: mark.deployment,
    [markKeys.resource]: resource,
    [markKeys.generation]: String(mark.generation),
    [markKeys.hash]: mark.hash,
  };
}

/** Reads a mark back; undefined when the pairs hold no mark of this product. */
export function markFromPairs(pairs: Readonly<Record<string, string>>): { mark: Mark; resource: string } | undefined {
  const installation = pairs[markKeys.installation];
  const deployment = pairs[markKeys.deployment];
  const resource = pairs[markKeys.resource];
  if (installation === undefined || deployment === undefined || resource === undefined) return undefined;
  const generation = Number(pairs[markKeys.generation] ?? '1');
  return { mark: { installation, deployment, generation, hash: pairs[markKeys.hash] ?? '' }, resource };
}
