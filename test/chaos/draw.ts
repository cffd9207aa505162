import { type Random, randomOf } from './random.ts';

/** One version of the laboratory's file. */
export interface Variant {
  /** How many of its guests, from the first. */
  readonly guests: number;
  /** Memory of one of them: changing it restarts that guest. */
  readonly memoryMb: number;
}

/** Who is struck. The first five are processes of the product; the others are of a host. */
export type Victim =
  'client' | 'gateway' | 'worker' | 'temporal' | 'supervisor' | 'libvirtd' | 'ovs-vswitchd' | 'sshd' | 'power' | 'link';

/** Processes of the product itself. */
export const ownVictims: readonly Victim[] = ['client', 'gateway', 'worker', 'temporal', 'supervisor'];

/** What belongs to a host. */
export const hostVictims: readonly Victim[] = ['libvirtd', 'ovs-vswitchd', 'sshd', 'power', 'link'];

/** Something done to a run once its log holds so many events: a count comes again, a time does not. */
export type Blow = { readonly after: number } & (
  | { readonly strike: Victim; readonly host?: string; readonly seconds?: number }
  | { readonly cancel: 'command' | 'ctrl-c' | 'temporal' }
);

/** What is asked of guests that are up; `down` is without purge, so that `up` goes on with what it keeps. */
export const askNames = ['stop', 'start', 'restart', 'pause', 'resume', 'rebuild', 'rerun', 'down'] as const;

/** A command about guests that are up. */
export interface Ask {
  readonly what: (typeof askNames)[number];
  /** One guest; all of them without it. */
  readonly guest?: string;
}

/** One round: a world to begin with, a command, and what happens to it. */
export interface Round {
  readonly number: number;
  readonly from: Variant | undefined;
  /** What `up` is to make true; undefined for `down --purge`. */
  readonly to: Variant | undefined;
  /** Asked of the guests of `from`, which is `to` as well. */
  readonly ask?: Ask;
  readonly blows: readonly Blow[];
}

/** What there is to draw from. */
export interface Deck {
  readonly variants: readonly Variant[];
  readonly victims: readonly Victim[];
  readonly hosts: readonly string[];
  /** Guests of the largest version, in the order in which versions have them. */
  readonly guests: readonly { readonly name: string; readonly hasScript: boolean }[];
  /** Blows fall after at most so many events. */
  readonly events: number;
}

/** The rounds of a seed. Each follows only from those before it, so that a single one can be played again. */
export function drawRounds(seed: number, count: number, deck: Deck): Round[] {
  const random = randomOf(seed);
  // A chance of its own, so that what is not asked is drawn as it was before there was anything to ask.
  const asking = randomOf(seed ^ 0xc2b2ae35);
  const rounds: Round[] = [];
  let from: Variant | undefined;
  for (let number = 1; number <= count; number += 1) {
    if (from !== undefined && asking.chance(0.5)) {
      const ask = drawAsk(asking, deck, from);
      const events = Math.ceil(deck.events / (ask.guest === undefined ? 2 : 5));
      rounds.push({ number, from, to: from, ask, blows: drawBlows(asking, { ...deck, events }) });
      continue;
    }
    const blows = drawBlows(random, deck);
    const isCancelled = blows.some((blow) => 'cancel' in blow);
    const goesDown = from !== undefined && random.chance(0.3);
    const to = goesDown ? undefined : drawChange(random, deck, from, isCancelled);
    rounds.push({ number, from, to, blows });
    if (to === undefined || !isCancelled) from = to;
  }
  return rounds;
}

function drawAsk(random: Random, deck: Deck, { guests }: Variant): Ask {
  const what = random.pick(askNames);
  if (random.chance(0.4)) return { what };
  const named = deck.guests.slice(0, guests).filter(({ hasScript }) => what !== 'rerun' || hasScript);
  return { what, guest: random.pick(named).name };
}

/** What is cancelled takes no guest away: its disk would not come back, so there is no world before to look for. */
function drawChange(random: Random, deck: Deck, from: Variant | undefined, isCancelled: boolean): Variant {
  const least = isCancelled ? (from?.guests ?? 0) : 0;
  return random.pick(deck.variants.filter((each) => each !== from && each.guests >= least));
}

function drawBlows(random: Random, deck: Deck): Blow[] {
  const moment = (events = deck.events): number => 1 + random.int(events);
  const blows: Blow[] = [];
  const cancelled = random.chance(0.4);
  if (cancelled) {
    // Early: whoever asks has a program to start first, and what is late rolls nothing back.
    const after = moment(Math.ceil(deck.events / 2));
    blows.push({ after, cancel: random.pick(['command', 'ctrl-c', 'temporal'] as const) });
  }
  const strikes = 1 + random.int(3);
  for (let n = 0; n < strikes; n += 1) {
    const after = moment();
    const strike = random.pick(deck.victims);
    const [host, seconds] = [random.pick(deck.hosts), 2 + random.int(19)];
    if (ownVictims.includes(strike)) blows.push({ after, strike });
    else blows.push({ after, strike, host, ...(strike === 'link' ? { seconds } : {}) });
  }
  return blows.sort((a, b) => a.after - b.after);
}

/** A round in a line, for people. */
export function describeRound({ number, from, to, ask, blows }: Round): string {
  const words = blows.map((blow) => {
    if ('cancel' in blow) return `cancel by ${blow.cancel} at ${blow.after}`;
    const where = blow.host === undefined ? '' : ` of ${blow.host}`;
    const howLong = blow.seconds === undefined ? '' : ` for ${blow.seconds} s`;
    return `${blow.strike}${where}${howLong} at ${blow.after}`;
  });
  const name = (each: Variant | undefined): string =>
    each === undefined ? 'nothing' : `${each.guests} guests/${each.memoryMb} MB`;
  if (ask) return `${number}: ${ask.what} ${ask.guest ?? 'all'} of ${name(from)}; ${words.join(', ')}`;
  return `${number}: ${to === undefined ? 'down' : 'up'} from ${name(from)} to ${name(to)}; ${words.join(', ')}`;
}
