import type { MachineNode } from './nodes.ts';
import type { PicturedNetwork } from './topology.ts';

/** A point of a picture. */
export type Point = readonly [x: number, y: number];

/** A line of text in a box, with the network it is about. */
export interface BoxLine {
  readonly network?: string;
  readonly text: string;
}

/** A machine, a router, or a way out. */
export interface Box {
  readonly kind: MachineNode['kind'] | 'router' | 'outside';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly about: string;
  /** Clones in the stack. */
  readonly count: number;
  readonly lines: readonly BoxLine[];
  /** In full, for who points at it. */
  readonly tip: string;
}

/** A host, around what runs on it. */
export interface HostBox {
  readonly name: string;
  readonly main: boolean;
  readonly note: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A network, as a line from left to right. */
export interface Bus {
  readonly network: PicturedNetwork;
  readonly index: number;
  readonly y: number;
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly labelWidth: number;
}

/** A wire of a network; of none when it joins two. */
export interface Wire {
  readonly network: string | undefined;
  readonly points: readonly Point[];
  readonly dots: readonly Point[];
}

/** A laboratory with everything in its place. */
export interface Picture {
  readonly title: string;
  readonly subtitle: string;
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly buses: readonly Bus[];
  readonly hosts: readonly HostBox[];
  readonly boxes: readonly Box[];
  readonly wires: readonly Wire[];
}
