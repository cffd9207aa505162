import { PassThrough } from 'node:stream';
import type { Host } from '../../../model/host.ts';
import type { GuestReady } from '../../../model/resources.ts';
import type { Runner } from '../../../ports/runner.ts';
import { quoteWord } from '../../runner/quote.ts';
import { bootFunction } from '../../host/boot.ts';

/**
 * Runs inside the namespace. Reads milliseconds, then lines `index link,address link,address …` up to an empty one; a
 * guest that is not there yet costs one process that sleeps in a connect of five seconds. Ends when standard input does.
 */
const probeProgram = `set -u
probe() { # index, then link and address of each route
  index=$1 pause=0.3 tries=0 linked=
  shift
  while :; do
    route=0
    for pair; do
      case \${pair#*,} in
      *:*) way="TCP6:[\${pair#*,}%\${pair%%,*}]:22";;
      *) way="TCP4:\${pair#*,}:22,so-bindtodevice=\${pair%%,*}";;
      esac
      answer=$(socat -u "$way,connect-timeout=5,readbytes=4" - 2>&1 </dev/null)
      case $answer in
      SSH-*) echo "banner $index $route"; return;;
      *refused*) [ -n "$linked" ] || { linked=1; echo "link $index $route"; };;
      esac
      route=$((route + 1))
    done
    tries=$((tries + 1))
    [ $tries -lt 20 ] || pause=1
    sleep $pause >/dev/null
  done
}
quicken() { # milliseconds, link: asks for a neighbour more often than once a second, and until the connect gives up
  for_link=/proc/sys/net/ipv6/neigh/$2
  echo "$1" >"$for_link/retrans_time_ms" && echo $((5000 / $1)) >"$for_link/mcast_solicit"
}
pids= quick=
IFS= read -r every
while IFS= read -r line && [ -n "$line" ]; do
  for pair in \${line#* }; do
    link=\${pair%%,*}
    case " $quick " in *" $link "*) ;; *) quick="$quick $link"; quicken "$every" "$link" 2>/dev/null;; esac
  done
  probe $line </dev/null &
  pids="$pids $!"
done
cat >/dev/null
kill $pids 2>/dev/null
exit 0
`;

/**
 * Runs once per batch on the host. Reads the namespace and lines `index domain console` up to an empty one, then what
 * the probes read. Says when a console log grew or a QEMU is gone. Whoever holds standard output keeps the execution
 * from ending, so what sleeps gives it away and what loops is killed.
 */
const watchProgram = `${bootFunction}
IFS= read -r probes
IFS= read -r namespace
domains=
while IFS= read -r line && [ -n "$line" ]; do domains="$domains$line
"; done
watch_domains() {
  before=
  while :; do
    now=
    while read -r index domain console; do
      boot_of "$domain"
      size=$(stat -c %s -- "$console" 2>/dev/null)
      now="$now $index:\${size:-0}:\${boot:+up}"
    done <<LIST
\${domains%?}
LIST
    [ "$now" = "$before" ] || echo "seen$now"
    before=$now
    sleep 2 >/dev/null
  done
}
watch_domains </dev/null &
watcher=$!
case $probes in
none) cat >/dev/null;;
*) ip netns exec "$namespace" sh -c ${quoteWord(probeProgram)};;
esac
kill $watcher
exit 0
`;

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
