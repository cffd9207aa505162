import { PassThrough } from 'node:stream';
import { type Admission, unknownAdmission } from '../../../model/admission.ts';
import { Failure } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { GuestReady } from '../../../model/resources.ts';
import type { RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import { readProgram } from '../../../programs/read-program.ts';
import { bootFunction } from '../../host/boot.ts';
import { isLibvirtGone } from '../../host/libvirt-gone.ts';
import { deferred } from '../../deferred.ts';
import { shellConstants } from '../../runner/constants.ts';
import { bootProgram } from './boot-program.ts';

/** Runs once per batch on the host. */
const watchProgram = shellConstants({ ADMIT: bootProgram }) + bootFunction + readProgram(import.meta.url, './watch.sh');

/** What is known of one guest on its way up, without asking the guest. */
export interface GuestSigns {
  /** Its host had room for it. Rejects with Failure where libvirt does not resume it. */
  readonly resumed: Promise<void>;
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
  /** It may be resumed as soon as its host has room. */
  admit(name: string): void;
  /** It was given up: what it had of its host's room is for the next. */
  leave(name: string): void;
  /** Rejects when the watch breaks before it is closed; never resolves before. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Starts watching. All guests must be of one deployment, hence in one namespace. */
export function watchGuests(
  runner: Runner,
  host: Host,
  context: Pick<RunContext, 'key' | 'admission'>,
  guests: readonly GuestReady[],
  signal: AbortSignal,
): GuestWatch {
  const found = guests.map((guest) => newSigns(guest, host));
  const input = new PassThrough();
  input.write(listOf(guests, context.admission ?? unknownAdmission));
  const onLine = (line: string): void => note(line, found);
  const script = watchProgram;
  const running = runner.run(host, { key: `${context.key}/watch`, limit: 'wait', script, data: input, onLine, signal });
  const ended = running.then(() => undefined);
  ended.catch(() => undefined);
  const places = new Map(guests.map(({ name }, index) => [name, index]));
  return {
    signsOf: (name) => found[places.get(name) ?? -1]?.signs,
    admit: (name) => void input.write(`admit ${padded(places.get(name)!)}\n`),
    leave: (name) => void input.write(`leave ${padded(places.get(name)!)}\n`),
    ended,
    close: () => void input.end(),
  };
}

interface Noted {
  readonly signs: GuestSigns;
  readonly bannerSeen: (route: number) => void;
  readonly wasResumed: () => void;
  readonly wasRefused: (text: string) => void;
  console: number;
}

function newSigns({ reach, domain }: GuestReady, host: Host): Noted {
  const banner = deferred<number>();
  const resumed = deferred<void>();
  return {
    signs: { banner: banner.promise, resumed: resumed.promise, progress: 0, linked: false, down: false },
    bannerSeen: banner.resolve,
    wasResumed: resumed.resolve,
    wasRefused: (text) => resumed.reject(notResumed(reach.guest, domain, host, text)),
    console: 0,
  };
}

function notResumed(object: string, domain: string, host: Host, text: string): Failure {
  const said = text.replaceAll(/error:\s*/g, '').trim();
  return new Failure({
    code: 'guest-stalled',
    class: isLibvirtGone(text) ? 'transient' : 'permanent',
    message: `guest ${object} cannot be resumed: ${said}`,
    hint: `look at its domain: virsh -c qemu:///system domstate --reason ${domain}`,
    object,
    host: host.name,
    stderr: text,
  });
}

/** Their names on the host are taken in the order of the alphabet. */
function padded(index: number): string {
  return String(index).padStart(5, '0');
}

function listOf(guests: readonly GuestReady[], { start, least, most }: Admission): string {
  const domains = guests.map(({ domain, consoleLog }, index) => `${index} ${domain} ${consoleLog}\n`);
  const routes = guests.map(({ until, reach }) =>
    until === 'running' ? [] : reach.routes.map(({ link, address }) => `${link},${address}`),
  );
  const probed = routes.filter((each) => each.length > 0).length;
  const namespace = probed === 0 ? '' : (guests[0]?.reach.namespace ?? '');
  // Every question reaches every guest of the network, so many guests are asked for less often.
  const every = Math.min(1000, 200 + 40 * probed);
  const boots = guests.map(({ domain }, index) => `${[padded(index), domain, ...routes[index]!].join(' ')}\n`);
  return `${namespace}\n${domains.join('')}\n${every}\n${start} ${least} ${most}\n${boots.join('')}\n`;
}

function note(line: string, found: readonly Noted[]): void {
  const [what, ...words] = line.split(' ');
  if (what === 'seen') words.forEach((word) => noteSeen(word, found));
  const guest = found[Number(words[0])];
  if (!guest) return;
  if (what === 'resumed') guest.wasResumed();
  if (what === 'refused') guest.wasRefused(words.slice(1).join(' '));
  if (what !== 'link' && what !== 'banner') return;
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
