import type { Position } from '../../model/diagnostic.ts';
import { repeated } from '../findings.ts';
import type { CompileContext } from '../compile-context.ts';

interface Named {
  readonly name: string;
  readonly at: Position;
  readonly what: string;
}

/** Names on the wire are made of several of the file's, so two different places may come to one name. */
export function checkNames(context: CompileContext): void {
  const { findings } = context;
  const { switches, routers } = context.ovn;
  for (const { name, at } of [...switches, ...routers]) checkName(context, name, at());
  for (const { again, first, key } of repeated(portsOf(context), ({ name }) => name)) {
    // One machine twice was said already, and one router port twice has one peer twice.
    if (again.what === first.what && !again.what.startsWith('router port')) continue;
    const hint = `${first.what} on line ${first.at.line} is called so already`;
    findings.error(again.at, 'duplicate-name', `${again.what} would be called \`${key}\``, hint);
  }
  for (const machine of context.testbed.machines) {
    if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(machine.name)) continue;
    const hint = 'letters, digits and `-`';
    findings.warning(machine.at('name'), 'not-a-host-name', `\`${machine.name}\` is no host name`, hint);
  }
}

function checkName({ findings }: CompileContext, name: string, at: Position): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) return;
  const hint = 'at most 63 letters, digits, `.`, `_` and `-`, the first a letter or digit';
  findings.error(at, name.length > 63 ? 'name-too-long' : 'bad-name', `${JSON.stringify(name)} cannot be a name`, hint);
}

/** Every logical port, ours among them: OVN knows no two of one name. */
function portsOf({ guests, names, inventory, ovn }: CompileContext): Named[] {
  const { switches, routers } = ovn;
  return [
    ...switches.flatMap(({ name, at }) =>
      inventory.hosts.map((host) => ({
        name: names.access(name, host.name),
        at: at(),
        what: `the way in to \`${name}\``,
      })),
    ),
    ...guests.flatMap((guest) =>
      guest.interfaces.map((each) => ({ name: each.port, at: each.at(), what: `an interface of \`${guest.name}\`` })),
    ),
    ...switches.flatMap(({ ports }) =>
      ports.map((port) => ({ name: names.own(port.name), at: port.at('name'), what: `port \`${port.name}\`` })),
    ),
    ...routers.flatMap(({ ports }) =>
      ports.flatMap((port) => [
        { name: names.own(port.name), at: port.at('name'), what: `router port \`${port.name}\`` },
        { name: `rp-${names.own(port.name)}`, at: port.at('name'), what: `the peer of router port \`${port.name}\`` },
      ]),
    ),
  ];
}
