import type { Position } from '../../model/diagnostic.ts';
import { contains, formatSubnet, parseIp, parseSubnet, sizeOf, type Subnet } from '../../model/ip.ts';
import { repeated } from '../findings.ts';
import type { Scene } from '../scene.ts';

/** Somebody's address on a switch. */
interface Holder {
  readonly switch: string;
  readonly who: string;
  readonly at: Position;
  readonly ip: string | undefined;
  readonly mac: string | undefined;
}

/** Addresses: each once on a switch, and inside its subnet. */
export function checkAddresses(scene: Scene): void {
  const { findings } = scene;
  const holders = holdersOf(scene);
  for (const { again, first } of repeated(holders, (each) => each.ip && `${each.switch} ${each.ip}`)) {
    const hint = `${first.who} has it on line ${first.at.line}`;
    findings.error(
      again.at,
      'duplicate-address',
      `${again.who} has the address ${again.ip} of another on switch \`${again.switch}\``,
      hint,
    );
  }
  for (const { again, first } of repeated(holders, (each) => each.mac)) {
    const hint = `${first.who} has it on line ${first.at.line}`;
    findings.warning(again.at, 'duplicate-mac', `${again.who} has the MAC address ${again.mac} of another`, hint);
  }
  const subnets = new Map(scene.testbed.network.switches.map((each) => [each.name, parseSubnet(each.subnet)!]));
  for (const holder of holders) {
    const subnet = subnets.get(holder.switch);
    if (subnet) checkInside(scene, holder, subnet);
  }
  checkChosen(scene);
  checkSubnets(scene);
}

function checkInside({ findings }: Scene, { who, at, ip, switch: parent }: Holder, subnet: Subnet): void {
  const address = ip === undefined ? undefined : parseIp(ip);
  if (!address) return;
  const network = formatSubnet(subnet);
  if (!contains(subnet, address)) {
    findings.warning(at, 'address-outside', `${who} has ${ip}, which is not in ${network} of switch \`${parent}\``);
  } else if (subnet.version === 4 && subnet.prefix < 31 && isEdge(subnet, address.value)) {
    findings.warning(
      at,
      'address-reserved',
      `${who} has ${ip}, the first or last address of ${network}, which no guest can use`,
    );
  }
}

function isEdge(subnet: Subnet, value: bigint): boolean {
  return value === subnet.base || value === subnet.base + sizeOf(subnet) - 1n;
}

function checkChosen({ findings, guests }: Scene): void {
  for (const guest of guests) {
    for (const each of guest.interfaces) {
      if (each.ip !== undefined) continue;
      findings.error(each.at(), 'subnet-full', `no address is left in ${each.switch.subnet} for \`${guest.name}\``);
    }
  }
}

function checkSubnets({ findings, testbed }: Scene): void {
  for (const each of testbed.network.switches) {
    const subnet = parseSubnet(each.subnet)!;
    if (subnet.address === subnet.base) continue;
    const hint = `write ${formatSubnet(subnet)}`;
    findings.warning(
      each.at('subnet'),
      'subnet-not-a-network',
      `${each.subnet} is an address in a subnet, not a subnet`,
      hint,
    );
  }
}

function holdersOf({ guests, testbed }: Scene): Holder[] {
  const { switches, routers } = testbed.network;
  return [
    ...guests.flatMap((guest) =>
      guest.interfaces.map((each) => ({
        switch: each.switch.name,
        who: `machine \`${guest.name}\``,
        at: each.at('ip'),
        ip: each.ip === 'dynamic' ? undefined : each.ip,
        mac: each.mac,
      })),
    ),
    ...switches.flatMap((each) =>
      each.ports.flatMap((port) =>
        port.internal
          ? [
              {
                switch: each.name,
                who: `port \`${port.name}\``,
                at: port.at('internal', 'ip'),
                ip: port.internal.ip,
                mac: port.internal.mac,
              },
            ]
          : [],
      ),
    ),
    ...routers.flatMap((router) =>
      router.ports.map((port) => ({
        switch: port.switch,
        who: `router port \`${port.name}\``,
        at: port.at('gateway_ip'),
        ip: port.gateway_ip.split('/')[0],
        mac: port.mac,
      })),
    ),
  ];
}
