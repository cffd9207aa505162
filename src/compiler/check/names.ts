import type { Position } from '../../model/diagnostic.ts';
import { repeated } from '../findings.ts';
import type { Scene } from '../scene.ts';

interface Named {
  readonly name: string;
  readonly at: Position;
  readonly what: string;
}

/** Names on the wire are made of several of the file's, so two different places may come to one name. */
export function checkNames(scene: Scene): void {
  const { findings } = scene;
  const { switches, routers } = scene.testbed.network;
  for (const { name, at } of [...switches, ...routers]) checkName(scene, name, at());
  for (const { again, first, key } of repeated(portsOf(scene), ({ name }) => name)) {
    const hint = `${first.what} on line ${first.at.line} is called so already`;
    findings.error(again.at, 'duplicate-name', `${again.what} would be called \`${key}\``, hint);
  }
  for (const machine of scene.testbed.machines) {
    if (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(machine.name)) continue;
    findings.warning(
      machine.at('name'),
      'not-a-host-name',
      `\`${machine.name}\` is no host name`,
      'letters, digits and `-`',
    );
  }
}

function checkName({ findings }: Scene, name: string, at: Position): void {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)) return;
  const hint = 'at most 63 letters, digits, `.`, `_` and `-`, the first a letter or digit';
  findings.error(at, name.length > 63 ? 'name-too-long' : 'bad-name', `${JSON.stringify(name)} cannot be a name`, hint);
}

/** Every logical port of the file. */
function portsOf({ guests, names, testbed }: Scene): Named[] {
  const { switches, routers } = testbed.network;
  return [
    ...guests.flatMap((guest) =>
      guest.interfaces.map((each) => ({ name: each.port, at: each.at(), what: `the port of \`${guest.name}\`` })),
    ),
    ...switches.flatMap((each) =>
      each.ports.map((port) => ({ name: names.own(port.name), at: port.at('name'), what: `port \`${port.name}\`` })),
    ),
    ...routers.flatMap((each) =>
      each.ports.map((port) => ({
        name: names.own(port.name),
        at: port.at('name'),
        what: `router port \`${port.name}\``,
      })),
    ),
  ];
}
