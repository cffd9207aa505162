import type { MachineNode } from './nodes.ts';
import type { Box, HostBox, Point, Wire } from './picture.ts';
import { slotOf } from './slot.ts';
import { measure, textWidth } from './theme.ts';
import type { Topology } from './topology.ts';

const { boxFoot, boxHead, boxLine, gap, grid, hostFoot, hostPadding, lane } = measure;
/** So many boxes of all hosts stand in one row, their wires straight up. */
const mostInOneRow = 7;
/** Between networks that come down at a host's left; half a step beside the wires of routers. */
const rail = grid / 2;

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly busY: ReadonlyMap<string, number>;
}

interface Placed {
  readonly hosts: readonly HostBox[];
  readonly boxes: readonly Box[];
  readonly wires: readonly Wire[];
  readonly right: number;
  readonly bottom: number;
}

/** Hosts from left to right, each around its machines. */
export function placeHosts({ hosts, machines }: Topology, nodes: readonly MachineNode[], frame: Frame): Placed {
  const width = boxWidth(nodes);
  const oneRow = nodes.length <= mostInOneRow;
  const placed: { host: HostBox; boxes: readonly Box[]; wires: readonly Wire[] }[] = [];
  let x = frame.left;
  for (const { name, main } of hosts) {
    const own = nodes.filter(({ host }) => host === name);
    const count = machines.filter(({ host }) => host === name).length;
    const columns = oneRow ? Math.max(1, own.length) : columnsFor(own.length, hosts.length);
    const inside = oneRow ? straight(own, x, width, frame) : railed(own, x, width, columns, frame);
    const note = count === 0 ? 'nothing runs here' : `${count} ${count === 1 ? 'machine' : 'machines'}`;
    const least = textWidth(name, 13, { bold: true }) + textWidth(note, 11) + (main ? 90 : 48);
    const hostWidth = Math.ceil(Math.max(least, inside.width) / 8) * 8;
    placed.push({ host: { name, main, note, x, y: frame.top, width: hostWidth, height: inside.height }, ...inside });
    x += hostWidth + gap + 6;
  }
  const height = Math.max(0, ...placed.map(({ host }) => host.height));
  return {
    hosts: placed.map(({ host }) => ({ ...host, height })),
    boxes: placed.flatMap(({ boxes }) => boxes),
    wires: placed.flatMap(({ wires }) => wires),
    right: x - gap - 6,
    bottom: frame.top + height,
  };
}

function boxWidth(nodes: readonly MachineNode[]): number {
  const wanted = nodes.flatMap(({ title, about, count, interfaces }) => [
    textWidth(title, 13, { bold: true }) + (count > 1 ? 92 : 52),
    textWidth(about, 11) + 48,
    ...interfaces.map(({ address }) => textWidth(address, 11, { mono: true }) + 40),
    (interfaces.length + 1) * grid,
  ]);
  return Math.ceil(Math.min(264, Math.max(136, ...wanted)) / 8) * 8;
}

/** So many that all hosts together are a little wider than high. */
function columnsFor(boxes: number, hosts: number): number {
  return Math.max(1, Math.ceil(Math.sqrt((boxes * 0.6) / hosts)));
}

type Inside = { readonly boxes: Box[]; readonly wires: Wire[]; readonly width: number; readonly height: number };

function heightOf({ interfaces }: MachineNode): number {
  return boxHead + interfaces.length * boxLine + (interfaces.length > 0 ? boxFoot : 0);
}

function boxOf(node: MachineNode, x: number, y: number, width: number): Box {
  const { kind, title, about, count, interfaces } = node;
  const lines = interfaces.map(({ network, address }) => ({ network, text: address }));
  const tip = [
    count > 1 ? `${title} × ${count}` : title,
    about,
    ...lines.map(({ network, text }) => `${network} ${text}`),
  ];
  return { kind, x, y, width, height: heightOf(node), title, about, count, lines, tip: tip.join('\n') };
}

/** One row: every interface has a wire of its own, straight up to its network. */
function straight(nodes: readonly MachineNode[], left: number, width: number, { top, busY }: Frame): Inside {
  const y = top + hostPadding + 4;
  const boxes = nodes.map((node, index) => boxOf(node, left + hostPadding + index * (width + gap), y, width));
  const wires = boxes.flatMap((box) =>
    box.lines.flatMap(({ network }, index): Wire[] => {
      const end = busY.get(network!);
      if (end === undefined) return [];
      const x = slotOf(box, index, 0);
      return [{ network, points: [[x, box.y] as const, [x, end] as const], dots: [[x, end] as const] }];
    }),
  );
  const tallest = Math.max(0, ...nodes.map(heightOf));
  return {
    boxes,
    wires,
    width: 2 * hostPadding + nodes.length * (width + gap) - gap,
    height: hostPadding + 4 + tallest + 8 + hostFoot,
  };
}

/**
 * Several rows: a network comes down once per host, at its left, and runs above every row in which somebody is on it.
 * Who is on the same networks stands together, so that few networks run above a row.
 */
function railed(
  given: readonly MachineNode[],
  left: number,
  width: number,
  columns: number,
  { top, busY }: Frame,
): Inside {
  const order = new Map([...busY.keys()].map((name, index) => [name, index]));
  const first = ({ interfaces }: MachineNode): number => order.get(interfaces[0]?.network ?? '') ?? -1;
  const nodes = [...given].sort((a, b) => first(a) - first(b));
  const used = [...busY.keys()].filter((name) => nodes.some((node) => isOn(node, name)));
  const firstRail = Math.ceil((left + 8) / rail) * rail + rail / 2;
  const railX = new Map(used.map((name, index) => [name, firstRail + index * rail]));
  const inner = firstRail + used.length * rail + 4;
  const boxes: Box[] = [];
  const wires: Wire[] = [];
  const lowest = new Map<string, number>();
  let y = top + 12;
  for (let start = 0; start < nodes.length; start += columns) {
    const row = nodes.slice(start, start + columns);
    const here = used.filter((name) => row.some((node) => isOn(node, name)));
    const laneY = new Map(here.map((name, index) => [name, y + index * lane + 4]));
    y += here.length * lane + 10;
    const placed = row.map((node, column) => boxOf(node, inner + column * (width + gap), y, width));
    boxes.push(...placed);
    for (const name of here) wires.push(branch(name, placed, railX.get(name)!, laneY.get(name)!));
    for (const name of here) lowest.set(name, laneY.get(name)!);
    wires.push(...placed.flatMap((box) => drops(box, laneY)));
    y += Math.max(...row.map(heightOf)) + 14;
  }
  const rails = used.map((network): Wire => {
    const x = railX.get(network)!;
    return {
      network,
      points: [[x, busY.get(network)!] as const, [x, lowest.get(network)!] as const],
      dots: [[x, busY.get(network)!]],
    };
  });
  return {
    boxes,
    wires: [...rails, ...wires],
    width: inner - left + Math.min(columns, Math.max(1, nodes.length)) * (width + gap) - gap + hostPadding,
    height: y - top + hostFoot,
  };
}

function isOn({ interfaces }: MachineNode, network: string): boolean {
  return interfaces.some((each) => each.network === network);
}

/** From the rail to the last machine of a row that is on the network. */
function branch(network: string, row: readonly Box[], from: number, y: number): Wire {
  const slots = row.flatMap((box) =>
    box.lines.flatMap((each, index) => (each.network === network ? [slotOf(box, index, 0)] : [])),
  );
  return {
    network,
    points: [
      [from, y],
      [Math.max(...slots), y],
    ],
    dots: [],
  };
}

function drops(box: Box, laneY: ReadonlyMap<string, number>): Wire[] {
  return box.lines.flatMap(({ network }, index): Wire[] => {
    const y = laneY.get(network!);
    if (y === undefined) return [];
    const top: Point = [slotOf(box, index, 0), y];
    return [{ network, points: [[top[0], box.y], top], dots: [top] }];
  });
}
