import type { Host } from '../../model/host.ts';
import type { ActivityPorts } from '../activity-ports.ts';
import { askHost, type HostAnswers } from '../observe.ts';

/** One way that is known to lead to a machine, and who knows it. */
export interface Way {
  readonly host: Host;
  /** It is or was main there: rows of the northbound database may lie on it. */
  readonly main: boolean;
  /** What lay on the machine when it was last asked by this way. */
  readonly id?: string;
}

/** One machine, however many names and ways lead to it. */
export interface Machine extends HostAnswers {
  /** Named so that no other machine of the same look has its name. */
  readonly host: Host;
  readonly main: boolean;
  readonly id: string | undefined;
}

/** What looking found: every machine once, and which of them a way leads to. */
export interface Look {
  readonly machines: readonly Machine[];
  readonly machineBehind: (way: Way) => Machine;
}

/** How a machine may be reached, with its namesakes of other hosts files. */
interface Asked extends HostAnswers {
  readonly host: Host;
  readonly main: boolean;
}

/**
 * Asks every machine that any of the ways leads to, once. An id lies on a machine: two ways with one id are one machine,
 * and a way on which another id answers now says nothing of the machine that was there.
 */
export async function lookAt(
  ports: ActivityPorts,
  ways: readonly Way[],
  deployment: string | undefined,
  signal: AbortSignal,
): Promise<Look> {
  const byAddress = new Map<string, Way[]>();
  for (const way of ways) {
    const address = addressOf(way.host);
    byAddress.set(address, [...(byAddress.get(address) ?? []), way]);
  }
  const answered = await Promise.all(
    [...byAddress].map(async ([address, same]) => [address, await ask(ports, same, deployment, signal)] as const),
  );
  return identified(ways, new Map(answered));
}

/** Hosts files may reach one machine with different keys: one that is let in is enough. */
async function ask(
  ports: ActivityPorts,
  ways: readonly Way[],
  deployment: string | undefined,
  signal: AbortSignal,
): Promise<Asked> {
  const main = ways.some((each) => each.main);
  const tries = new Map<string, Host>();
  for (const { host } of ways) if (!tries.has(credentialsOf(host))) tries.set(credentialsOf(host), host);
  let first: Asked | undefined;
  for (const host of tries.values()) {
    const alone = { main: main ? host.name : '', hosts: [host] };
    const said = await askHost(ports, host, alone, deployment, signal, new Set(main ? [host.name] : []));
    if (said.answers) return { host, main, ...said };
    first ??= { host, main, ...said };
  }
  return first!;
}

function identified(ways: readonly Way[], asked: ReadonlyMap<string, Asked>): Look {
  const byAddress = new Map<string, Machine>();
  const byId = new Map<string, Machine>();
  const names = new Set<string>();
  const machines: Machine[] = [];
  const add = (found: Asked, id: string | undefined): Machine => {
    const machine = { ...found, host: { ...found.host, name: freeName(found.host, names) }, id };
    names.add(machine.host.name);
    machines.push(machine);
    if (id !== undefined) byId.set(id, machine);
    return machine;
  };
  for (const [address, each] of asked) {
    const id = each.answers?.facts.id;
    if (each.answers) byAddress.set(address, (id === undefined ? undefined : byId.get(id)) ?? add(each, id));
  }
  const machineBehind = ({ host, main, id }: Way): Machine => {
    const address = addressOf(host);
    const there = byAddress.get(address);
    if (there?.id !== undefined && id !== undefined && there.id !== id)
      return byId.get(id) ?? add({ host, main, reason: 'another machine answers there now' }, id);
    if (there?.answers) return there;
    const same = (id === undefined ? undefined : byId.get(id)) ?? there ?? add(asked.get(address)!, id);
    if (!byAddress.has(address)) byAddress.set(address, same);
    return same;
  };
  // Ways that know an id first: a silent machine that answers elsewhere is not told as silent for one that knows none.
  const [knowing, others] = [ways.filter(({ id }) => id !== undefined), ways.filter(({ id }) => id === undefined)];
  for (const way of [...knowing, ...others]) machineBehind(way);
  return { machines, machineBehind };
}

/** What leads to a machine; of a host of which only the name is left, the name. */
function addressOf({ name, connection, address, port }: Host): string {
  if (connection === 'local') return 'local';
  return address === '' ? `lost ${name}` : `${address}:${port}`;
}

function credentialsOf({ user, identityFile = '', knownHostsFile = '' }: Host): string {
  return [user, identityFile, knownHostsFile].join('\n');
}

/** Two hosts files may give one name to two machines. */
function freeName({ name, connection, address, port }: Host, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  const longer = `${name} (${connection === 'local' ? 'local' : `${address}:${port}`})`;
  let free = longer;
  for (let n = 2; taken.has(free); n += 1) free = `${longer} ${n}`;
  return free;
}
