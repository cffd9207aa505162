import type { Box, BoxLine } from './picture.ts';
import { measure, textWidth } from './theme.ts';
import type { Topology } from './topology.ts';

const { boxFoot, boxHead, boxLine, head } = measure;

/** What stands above the networks: ways out and routers, their feet on one line. */
export function placeBand(topology: Topology, left: number): { boxes: Box[]; right: number; bottom: number } {
  const boxes: Box[] = [];
  let x = left;
  for (const box of [...waysOut(topology), ...routers(topology)]) {
    boxes.push({ ...box, x });
    x += box.width + 32;
  }
  const tallest = Math.max(0, ...boxes.map(({ height }) => height));
  const bottom = head + (boxes.length > 0 ? 12 + tallest : 0);
  return {
    boxes: boxes.map((box) => ({ ...box, y: bottom - box.height })),
    right: boxes.length > 0 ? x - 32 : left,
    bottom,
  };
}

function waysOut({ networks }: Topology): Box[] {
  return networks.flatMap(({ name, outside }) =>
    outside === undefined
      ? []
      : [
          {
            ...at(Math.max(textWidth(outside, 13, { bold: true }), textWidth(wayOut(outside), 11)) + 64, boxHead),
            kind: 'outside' as const,
            title: outside,
            about: wayOut(outside),
            lines: [{ network: name, text: '' }],
            tip: `${outside}, the way out of ${name}`,
          },
        ],
  );
}

function wayOut(outside: string): string {
  return outside === 'NAT' ? 'way out' : 'provider network';
}

function routers({ routers: all }: Topology): Box[] {
  return all.map(({ name, interfaces, services }) => {
    const lines: BoxLine[] = interfaces.map(({ network, address = '' }) => ({ network, text: address }));
    const about = services.length === 0 ? 'router' : `router · ${services.join(' · ')}`;
    const texts = [
      textWidth(name, 13, { bold: true }) + 52,
      textWidth(about, 11) + 52,
      ...lines.map(({ text }) => textWidth(text, 11, { mono: true }) + 40),
      (lines.length + 1) * 24,
    ];
    return {
      ...at(Math.max(132, ...texts), boxHead + lines.length * boxLine + (lines.length > 0 ? boxFoot : 0)),
      kind: 'router' as const,
      title: name,
      about,
      lines,
      tip: [name, ...interfaces.map(({ network, address = '' }) => `${network} ${address}`)].join('\n'),
    };
  });
}

function at(width: number, height: number): Pick<Box, 'x' | 'y' | 'width' | 'height' | 'count'> {
  return { x: 0, y: 0, width: Math.ceil(width / 24) * 24, height, count: 1 };
}
