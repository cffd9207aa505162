import { type KindName, kindNames } from './kind.ts';

/** Identity of a resource as one string, `kind:name`. The host is an attribute, never part of the identity. */
export type Ref = `${KindName}:${string}`;

/** The identity of a resource. */
export function refOf(resource: { readonly kind: KindName; readonly name: string }): Ref {
  return `${resource.kind}:${resource.name}`;
}

/** The kind a reference names; undefined for one of a release that knew other kinds. */
export function kindNameOf(ref: Ref): KindName | undefined {
  return kindNames.find((name) => ref.startsWith(`${name}:`));
}

/** Reads an identity somebody typed; undefined when the kind is not one of ours. */
export function parseRef(text: string): Ref | undefined {
  const colon = text.indexOf(':');
  const kind = kindNames.find((name) => name === text.slice(0, colon));
  return kind && colon + 1 < text.length ? `${kind}:${text.slice(colon + 1)}` : undefined;
}
