import type { Position } from '../../model/diagnostic.ts';
import { contains, formatSubnet, parseIp, parseSubnet, sizeOf, type Subnet } from '../../model/ip.ts';
import { repeated } from '../findings.ts';
import type { CompileContext } from '../compile-context.ts';
import { type Holder, holdersOf } from './holders.ts';

/** Addresses: each once on a switch, and inside its subnet. */
export function checkAddresses(context: CompileContext): void {
  checkTwice(context);
  const subnets = new Map(context.ovn.switches.map((each) => [each.name, parseSubnet(each.subnet)!]));
  for (const holder of holdersOf(context)) {
    const subnet = subnets.get(holder.switch);
    if (subnet) checkInside(context, holder, subnet);
    // libvirt keeps these for the host's own end of an interface.
    if (holder.mac?.startsWith('fe:')) {
      context.findings.preflight(
        holder.macAt,
        'reserved-mac',
        `libvirt refuses the MAC address ${holder.mac}`,
        'begin with `02:`',
      );
    }
  }
  checkGuests(context, subnets);
  checkSubnets(context);
}

function checkTwice(context: CompileContext): void {
  const { findings } = context;
  const holders = holdersOf(context);
  for (const { again, first } of repeated(holders, (each) => each.ip && `${each.switch} ${each.ip}`)) {
    const hint = `${first.who} has it on line ${first.at.line}`;
    const message = `${again.who} has the address ${again.ip}, which is taken on switch \`${again.switch}\``;
    findings.error(again.at, 'duplicate-address', message, hint);
  }
  for (const { again, first } of repeated(holders, (each) => each.mac)) {
    const hint = `${first.who} has it on line ${first.macAt.line}`;
    findings.warning(again.macAt, 'duplicate-mac', `${again.who} has the MAC address ${again.mac} of another`, hint);
  }
}

function checkInside({ findings }: CompileContext, { who, at, ip, switch: parent }: Holder, subnet: Subnet): void {
  const address = ip === undefined ? undefined : parseIp(ip);
  if (!address) return;
  const network = formatSubnet(subnet);
  if (!contains(subnet, address)) {
    findings.warning(at, 'address-outside', `${who} has ${ip}, which is not in ${network} of switch \`${parent}\``);
  } else if (subnet.version === 4 && subnet.prefix < 31 && isEdge(subnet, address.value)) {
    findings.warning(at, 'address-reserved', `${who} has ${ip}, the first or last of ${network}, which nobody can use`);
  }
}

function isEdge(subnet: Subnet, value: bigint): boolean {
  return value === subnet.base || value === subnet.base + sizeOf(subnet) - 1n;
}

function checkGuests({ findings, guests }: CompileContext, subnets: ReadonlyMap<string, Subnet>): void {
  for (const guest of guests) {
    for (const { at, gateway, ip, switch: parent } of guest.interfaces) {
      if (ip === undefined)
        findings.error(at(), 'subnet-full', `no address is left in ${parent.subnet} for \`${guest.name}\``);
      const subnet = subnets.get(parent.name);
      if (!subnet || gateway === undefined || contains(subnet, parseIp(gateway)!)) continue;
      const message = `\`${guest.name}\` cannot reach its gateway ${gateway} in ${formatSubnet(subnet)}`;
      findings.warning(at('gateway'), 'gateway-outside', message);
    }
  }
}

function checkSubnets({ findings, ovn }: CompileContext): void {
  for (const each of ovn.switches) {
    const subnet = parseSubnet(each.subnet)!;
    if (subnet.address === subnet.base) continue;
    const position: Position = each.at('subnet');
    const hint = `write ${formatSubnet(subnet)}`;
    findings.warning(position, 'subnet-not-a-network', `${each.subnet} is an address in a subnet, not a subnet`, hint);
  }
}
