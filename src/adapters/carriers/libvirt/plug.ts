import { Failure, type FailureData } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import { type OwnerLabel, labelToPairs } from '../../../model/owner-label.ts';
import { refOf } from '../../../model/ref.ts';
import type { Domain, DomainInterface } from '../../../model/resources.ts';
import type { LibvirtOp } from '../../../model/transport/libvirt.ts';
import type { RunContext } from '../../../ports/carrier.ts';
import type { Runner } from '../../../ports/runner.ts';
import { plugScript } from './script.ts';
import { parseTold, type Told } from './told.ts';

/** Given up when no port was installed for so many waits of five seconds. */
const waitsWithoutProgress = 4;

/** What became of a domain that shall run. */
export type Bound = { readonly changed: boolean } | { readonly failure: FailureData };

type Started = Pick<Extract<LibvirtOp, { do: 'ensure' }>, 'domain' | 'mark' | 'leave'>;

/**
 * Plugs, waits for OVN, resumes what is not left to its guest's own chain. A guest whose ports are not installed stays
 * paused; the others go.
 */
export async function plugAndResume(
  runner: Runner,
  host: Host,
  started: readonly Started[],
  before: Told,
  context: RunContext,
): Promise<Map<string, Bound>> {
  const domains = started.map(({ domain }) => domain);
  const left = new Set(started.filter(({ leave }) => leave === 'paused').map(({ domain }) => domain.name));
  const isThere = (domain: Domain, now: Told): boolean =>
    isOn(domain, now, left) && missingPorts(domain, now).length === 0;
  const marks = new Map(started.map(({ domain, mark: label }) => [domain.name, label]));
  const changed = new Set(domains.filter((domain) => !isThere(domain, before)).map((domain) => domain.name));
  let told = before;
  let fruitless = 0;
  const open = (): Domain[] => domains.filter((domain) => !isThere(domain, told));
  const ready = (): Domain[] => open().filter((domain) => missingPorts(domain, told).length === 0);
  while (open().length > 0 && fruitless < waitsWithoutProgress) {
    const missing = open().flatMap((domain) => missingPorts(domain, told)).length;
    // With some installed and others not, those that can go need not wait for the rest any longer than once.
    const round = fruitless > 0 && ready().length > 0 ? ready() : open();
    told = await step(runner, host, linesOf(round, told, marks, left), context);
    const stillMissing = open().flatMap((domain) => missingPorts(domain, told)).length;
    fruitless = stillMissing < missing ? 0 : fruitless + 1;
    const waiting = open()[0];
    context.progress(
      domains.length - open().length,
      domains.length,
      waiting && `${waiting.name}: OVN to install its ports`,
    );
  }
  return new Map(
    domains.map((domain) => [
      domain.name,
      isThere(domain, told) ? { changed: changed.has(domain.name) } : whyNot(domain, told, host),
    ]),
  );
}

function whyNot(domain: Domain, told: Told, host: Host): Bound {
  const about = { object: domain.name, host: host.name };
  const gone = domain.interfaces.find(({ tap }) => !told.interfaces.has(tap));
  if (gone) {
    return {
      failure: {
        code: 'ovs-refused',
        class: 'transient',
        message: `${gone.tap} of ${domain.name} is not on the integration bridge`,
        hint: 'an edited domain.xml has to keep the `<target dev>` of every interface',
        ...about,
      },
    };
  }
  const [port] = missingPorts(domain, told);
  if (port) {
    const hint = 'is ovn-controller running on this host, and connected to the southbound database?';
    return {
      failure: {
        code: 'port-not-installed',
        class: 'transient',
        message: `OVN did not install ${port.port} for ${domain.name} in time`,
        hint,
        ...about,
      },
    };
  }
  const state = told.domains.get(domain.name) ?? 'gone';
  return {
    failure: {
      code: 'libvirt-refused',
      class: 'transient',
      message: `${domain.name} is ${state} instead of running`,
      ...about,
    },
  };
}

/** What is still to be done for domains, guest by guest. */
function linesOf(
  domains: readonly Domain[],
  told: Told,
  marks: ReadonlyMap<string, OwnerLabel>,
  left: ReadonlySet<string>,
): string[] {
  return domains.flatMap((domain) => [
    `guest ${domain.name}`,
    ...missingPorts(domain, told).flatMap((card) => [
      ...(told.interfaces.get(card.tap)?.isDead ? [`unplug ${card.tap}`] : []),
      ...(isBound(card, told) ? [] : [`plug ${card.tap} ${settingsOf(domain, card, marks.get(domain.name)!)}`]),
      `wait ${card.tap}`,
    ]),
    ...(isOn(domain, told, left) ? [] : [`resume ${domain.name}`]),
  ]);
}

/** Words for ovs-vsctl, which reads a value in double quotes as a JSON string. */
function settingsOf(domain: Domain, { mac, port }: DomainInterface, label: OwnerLabel): string {
  const pairs = { ...labelToPairs(label, refOf(domain)), 'iface-id': port, 'attached-mac': mac };
  return Object.entries(pairs)
    .map(([key, value]) => `external_ids:${key}=${JSON.stringify(value)}`)
    .join(' ');
}

async function step(runner: Runner, host: Host, lines: readonly string[], context: RunContext): Promise<Told> {
  const data = Buffer.from(`${lines.join('\n')}\n`);
  const { stdout, stderr, code } = await runner.run(host, {
    key: context.key,
    limit: 'start',
    script: plugScript,
    data,
    signal: context.signal,
  });
  const now = parseTold(stdout);
  if (now) return now;
  const message = `Open vSwitch on ${host.name} refused to add ports: ${stderr.trim() || `exit code ${code}`}`;
  throw new Failure({ code: 'ovs-refused', class: 'transient', message, host: host.name, stderr, exitCode: code });
}

/** Running, or paused where it shall stay so. */
function isOn({ name }: Domain, { domains }: Told, left: ReadonlySet<string>): boolean {
  const state = domains.get(name);
  return state === 'running' || state === 'idle' || (state === 'paused' && left.has(name));
}

function missingPorts(domain: Domain, told: Told): Domain['interfaces'] {
  return domain.interfaces.filter(
    (card) => !isBound(card, told) || told.interfaces.get(card.tap)?.externalIds['ovn-installed'] !== 'true',
  );
}

function isBound({ tap, port }: DomainInterface, { interfaces }: Told): boolean {
  const row = interfaces.get(tap);
  return row !== undefined && !row.isDead && row.externalIds['iface-id'] === port;
}
