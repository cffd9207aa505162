import { PassThrough } from 'node:stream';
import type { Host } from '../../../model/host.ts';
import type { GuestReady } from '../../../model/resources.ts';
import type { Runner } from '../../../ports/runner.ts';
import { readProgram } from '../../../programs/read-program.ts';
import { shellConstants } from '../../runner/constants.ts';
import { bootFunction } from '../../host/boot.ts';

/** Runs once per batch on the host. */
const watchProgram =
  shellConstants({ PROBE: readProgram(import.meta.url, './probe.sh') }) +
  bootFunction +
  readProgram(import.meta.url, './watch.sh');

/** What is known of one guest on its way up, without asking the guest. */
export interface GuestSigns {
  /** Route whose banner was seen. */
  readonly banner: Promise<number>;
  /** Rises with every sign of life: the console log grew, the network answered. */
  progress: number;
  /** The guest's network answers, its sshd does not yet. */
  linked: boolean;
  /** Its QEMU is gone. */
  down: boolean;
}

/** Watches guests on one host with a single remote execution. */
export interface GuestWatch {
  signsOf(name: string): GuestSigns | undefined;
  /** Rejects when the watch breaks before it is closed; never resolves before. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Starts watching. All guests must be of one deployment, hence in one namespace. */
export function watchGuests(
  runner: Runner,
  host: Host,
  key: string,
  guests: readonly GuestReady[],
  signal: AbortSignal,
): GuestWatch {
  const found = guests.map(newSigns);
  const input = new PassThrough();
  input.write(listOf(guests));
  const onLine = (line: string): void => note(line, found);
  const ended = runner.run(host, { key, script: watchProgram, data: input, onLine, signal }).then(() => undefined);
  ended.catch(() => undefined);
  const signs = new Map(guests.map(({ name }, index) => [name, found[index]!.signs]));
  return { signsOf: (name) => signs.get(name), ended, close: () => void input.end() };
}

interface Noted {
  readonly signs: GuestSigns;
  readonly bannerSeen: (route: number) => void;
  console: number;
  gone: number;
}

function newSigns(): Noted {
  let bannerSeen: (route: number) => void = () => undefined;
  const banner = new Promise<number>((resolve) => (bannerSeen = resolve));
  return { signs: { banner, progress: 0, linked: false, down: false }, bannerSeen, console: 0, gone: 0 };
}

function listOf(guests: readonly GuestReady[]): string {
  const domains = guests.map(({ domain, consoleLog }, index) => `${index} ${domain} ${consoleLog}\n`);
  const probed = guests.flatMap(({ until, reach }, index) => {
    const routes = reach.routes.map(({ link, address }) => `${link},${address}`);
    return until === 'running' || routes.length === 0 ? [] : [`${index} ${routes.join(' ')}\n`];
  });
  const head = `${probed.length === 0 ? 'none' : 'some'}\n${guests[0]?.reach.namespace ?? ''}\n`;
  // Every question reaches every guest of the network, so many guests are asked for less often.
  const every = Math.min(1000, 200 + 40 * probed.length);
  return `${head}${domains.join('')}\n${every}\n${probed.join('')}\n`;
}

function note(line: string, found: readonly Noted[]): void {
  const [what, ...words] = line.split(' ');
  if (what === 'seen') words.forEach((word) => noteSeen(word, found));
  const guest = found[Number(words[0])];
  if (!guest || (what !== 'link' && what !== 'banner')) return;
  guest.signs.progress += 1;
  guest.signs.linked = true;
  if (what === 'banner') guest.bannerSeen(Number(words[1]));
}

function noteSeen(word: string, found: readonly Noted[]): void {
  const [index, size, up] = word.split(':');
  const guest = found[Number(index)];
  if (!guest) return;
  guest.signs.down = up !== 'up';
  // A console log that was begun anew is a sign of life too.
  if (Number(size) !== guest.console) guest.signs.progress += 1;
  guest.console = Number(size);
}
