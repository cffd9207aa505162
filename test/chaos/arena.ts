import type { Finished } from '../support/command.ts';
import type { Blow, Deck, Variant } from './draw.ts';

/** A command line that runs. */
export interface Client {
  readonly ended: Promise<Finished>;
  kill(signal: NodeJS.Signals): void;
}

/** What the hosts hold, as text to compare. */
export interface Dump {
  /** What outlives a power cut: definitions, rows, files. */
  readonly lasting: string;
  /** What runs: states, taps, namespaces. */
  readonly running: string;
}

/** A guest by the tools of its host, and by what it counts itself. */
export interface Sight {
  readonly state: 'running' | 'paused' | 'shut off' | 'absent';
  /** Another one after each power-on. */
  readonly boot: string;
  /** Another one when the disk is made anew; undefined where there is none. */
  readonly disk?: string;
  /** How often its script was started on this disk, as far as that can be known now. */
  readonly runs?: number;
}

/** Where chaos happens: a product with a laboratory of its own, and hosts it may hurt. */
export interface Arena {
  readonly deck: Deck;
  /** Home of the server. */
  readonly home: string;
  readonly deployment: string;
  /** How long a run may take at most, blows included, in milliseconds. */
  readonly patienceMs: number;
  start(...words: readonly string[]): Client;
  /** Writes this version of the laboratory's file. */
  write(variant: Variant): Promise<void>;
  /** Hurts a host; what has to be mended is mended behind our back. */
  hurt(blow: Extract<Blow, { strike: unknown }>): Promise<void>;
  /** Waits until everything that was hurt works again. */
  mended(): Promise<void>;
  dump(): Promise<Dump>;
  /** Every guest of the deck, by name. */
  look(): Promise<ReadonlyMap<string, Sight>>;
  /** What of this version is not so, by the tools and the guests themselves. */
  complaints(variant: Variant): Promise<readonly string[]>;
  /** Copies what explains a failure into a folder. */
  keep(folder: string): Promise<void>;
  remove(): Promise<void>;
}
