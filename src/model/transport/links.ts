import type { OwnerLabel } from '../owner-label.ts';
import type { Ref } from '../ref.ts';
import type { AccessLink } from '../resources.ts';
import { defineTransport } from './transport.ts';

/** One item for the links carrier: namespace, veth pair and its port on the integration bridge. */
export type LinksOp =
  | { readonly transport: 'links'; readonly do: 'ensure'; readonly link: AccessLink; readonly mark: OwnerLabel }
  | {
      readonly transport: 'links';
      readonly do: 'remove';
      readonly ref: Ref;
      readonly namespace: string;
      readonly outer: string;
      readonly inner: string;
    };

/** A port of ours on the integration bridge, as the OVS Interface row and the kernel have it. */
export interface LinkAnswer {
  readonly outer: string;
  /** `external_ids` of the OVS Interface row: the mark, and `iface-id`. */
  readonly externalIds: Readonly<Record<string, string>>;
  /** The peer inside the namespace; undefined when the namespace or the peer is gone. */
  readonly peer?: {
    readonly namespace: string;
    readonly name: string;
    readonly mac: string;
    readonly mtu: number;
    readonly up: boolean;
  };
}

/** A host's links and namespaces of this product. */
export interface LinksAnswer {
  readonly links: readonly LinkAnswer[];
  /** Namespaces of ours (`kc-…`) that exist. */
  readonly namespaces: readonly string[];
}

/** Namespaces and access ports. */
export const links = defineTransport<LinksOp, LinksAnswer>({ class: 'rows', noun: 'access links' });
