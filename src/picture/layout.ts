import { placeBand } from './band.ts';
import { placeHosts } from './hosts.ts';
import { machineNodes } from './nodes.ts';
import { slotOf } from './slot.ts';
import { fitted, measure, textWidth } from './theme.ts';
import type { Box, Bus, Picture, Wire } from './picture.ts';
import type { Topology } from './topology.ts';

const { bus: busGap, gap, grid, head, margin } = measure;
const widestLabel = 220;

/**
 * Where everything is: what leads out and routers on top, below them each network as a line from left to right, and
 * below these the hosts with what runs on them. Wires run straight up and down, so nothing ever covers anything.
 */
export function layout(topology: Topology): Picture {
  const nodes = machineNodes(topology);
  const networks = topology.networks.map(({ name }) => name);
  const labels = topology.networks.map(({ name, subnet }) => ({ name: fitted(name, 120, 13, { bold: true }), subnet }));
  const labelWidth = Math.min(widestLabel, Math.max(60, ...labels.map(labelWidthOf)));
  const left = margin + (labels.length > 0 ? labelWidth + gap : 0);
  const band = placeBand(topology, left);
  const busTop = band.bottom + (band.boxes.length > 0 ? 40 : 30);
  const busY = new Map(networks.map((name, index) => [name, busTop + index * busGap] as const));
  const hostTop = busTop + Math.max(0, networks.length - 1) * busGap + 36;
  const hosts = placeHosts(topology, nodes, { left, top: hostTop, busY });
  const contentRight = Math.max(left + 320, band.right, hosts.right);
  const lanes = topology.links.length * 14;
  const right = contentRight + lanes;
  const buses = topology.networks.map((network, index): Bus => ({
    network,
    index,
    y: busY.get(network.name)!,
    from: margin,
    labelWidth,
    title: labels[index]!.name,
    to: right,
  }));
  const bandMoved = centred(band.boxes, left, contentRight, band.right);
  return {
    title: topology.deployment,
    subtitle: subtitleOf(topology),
    width: right + margin,
    height: hosts.bottom + margin,
    top: head,
    buses,
    boxes: [...bandMoved, ...hosts.boxes],
    hosts: hosts.hosts,
    wires: [
      ...bandMoved.flatMap((box) => wiresDown(box, busY)),
      ...hosts.wires,
      ...topology.links.flatMap(({ from, to }, index) => link(from, to, busY, contentRight + 14 * (index + 1))),
    ],
  };
}

function labelWidthOf({ name, subnet }: { name: string; subnet?: string | undefined }): number {
  const address = subnet === undefined ? 0 : textWidth(subnet, 11, { mono: true }) + 8;
  return textWidth(name, 13, { bold: true }) + address + 28;
}

/** The band stands over the middle of what is below it; half a step aside, no wire of it meets one from below. */
function centred(boxes: readonly Box[], left: number, right: number, end: number): Box[] {
  const shift = Math.max(0, Math.floor((right - left - (end - left)) / 2 / grid) * grid);
  return boxes.map((box) => ({ ...box, x: box.x + shift }));
}

function wiresDown(box: Box, busY: ReadonlyMap<string, number>): Wire[] {
  return box.lines.flatMap(({ network }, index) => {
    const y = network === undefined ? undefined : busY.get(network);
    if (y === undefined || network === undefined) return [];
    const x = slotOf(box, index, 12);
    return [{ network, points: [[x, box.y + box.height] as const, [x, y] as const], dots: [[x, y] as const] }];
  });
}

function link(from: string, to: string, busY: ReadonlyMap<string, number>, x: number): Wire[] {
  const [a, b] = [busY.get(from), busY.get(to)];
  if (a === undefined || b === undefined) return [];
  const ends = [[x, a] as const, [x, b] as const];
  return [{ network: undefined, points: ends, dots: ends }];
}

function subtitleOf({ hosts, machines, networks, routers }: Topology): string {
  const kinds = ['guest', 'container', 'emulator'] as const;
  const counts = kinds.map((kind) => counted(machines.filter((each) => each.kind === kind).length, kind));
  const [first] = networks;
  const joints = counted(networks.length, first?.kind ?? 'switch');
  return [...counts, joints, counted(routers.length, 'router'), counted(hosts.length, 'host')]
    .filter((text) => text !== '')
    .join(' · ');
}

function counted(count: number, what: string): string {
  if (count === 0) return '';
  return `${count} ${what}${count === 1 ? '' : what === 'switch' ? 'es' : 's'}`;
}
