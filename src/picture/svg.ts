import { layout } from './layout.ts';
import type { Box, Bus, HostBox, Picture, Wire } from './picture.ts';
import { iconOf } from './icons.ts';
import { colour, fitted, fonts, measure, networkColour, textWidth } from './theme.ts';
import type { Topology } from './topology.ts';

/** A topology as an SVG picture; the same topology gives the same bytes. */
export function toSvg(topology: Topology): string {
  const picture = layout(topology);
  const { width, height } = picture;
  const colours = new Map(picture.buses.map(({ network, index }) => [network.name, networkColour(index)]));
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${fonts.sans}">`,
    `<title>${escaped(`${picture.title}: ${picture.subtitle}`)}</title>`,
    `<rect width="${width}" height="${height}" fill="${colour.paper}"/>`,
    ...headOf(picture),
    ...picture.hosts.map(hostFrame),
    ...picture.buses.map(busLine),
    ...picture.wires.map((wire) => wireLine(wire, colours)),
    ...picture.buses.map(busLabel),
    ...picture.boxes.map((box) => boxGroup(box, colours)),
    ...picture.hosts.map(hostLabel),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function headOf({ title, subtitle }: Picture): string[] {
  const { margin } = measure;
  return [
    text(margin, margin + 12, title, { size: 20, weight: 700 }),
    text(margin, margin + 31, subtitle, { size: 12, fill: colour.faint }),
  ];
}

function hostFrame({ x, y, width, height }: HostBox): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="12" fill="${colour.host}" stroke="${colour.line}"/>`;
}

function hostLabel({ name, main, note, x, y, width, height }: HostBox): string {
  const base = y + height - 13;
  const shown = fitted(name, width - textWidth(note, 11) - (main ? 84 : 46), 13, { bold: true });
  const after = x + 37 + textWidth(shown, 13, { bold: true });
  const isCalled = name === 'main';
  return group('host', [
    iconOf('host', x + 14, base - 12, colour.faint),
    text(x + 35, base, shown, { size: 13, weight: 600 }),
    ...(main && !isCalled ? [text(after + 4, base, 'main', { size: 11, fill: colour.faint })] : []),
    text(x + width - 14, base, note, { size: 11, fill: colour.faint, anchor: 'end' }),
  ]);
}

function busLine({ index, y, from, to }: Bus): string {
  return `<line x1="${from + 8}" y1="${y}" x2="${to}" y2="${y}" stroke="${networkColour(index)}" stroke-width="3" stroke-linecap="round"/>`;
}

function busLabel({ index, network, title, y, from, labelWidth }: Bus): string {
  const fill = networkColour(index);
  const subnet =
    network.subnet === undefined
      ? ''
      : `<tspan dx="8" font-size="11" font-weight="400" font-family="${fonts.mono}" fill="${colour.faint}">${escaped(network.subnet)}</tspan>`;
  return group(network.kind, [
    `<title>${escaped([network.name, network.subnet ?? ''].join(' ').trim())}</title>`,
    `<rect x="${from}" y="${y - 13}" width="${labelWidth}" height="26" rx="13" fill="${colour.paper}" stroke="${fill}" stroke-width="1.5"/>`,
    // One text: the address follows the name, however wide a font makes that.
    `<text x="${from + 12}" y="${y + 4.5}" font-size="13" font-weight="600" fill="${fill}">${escaped(title)}${subnet}</text>`,
  ]);
}

/** Over a halo of paper, so that wires and networks that only cross are seen to. */
function wireLine({ network, points, dots }: Wire, colours: ReadonlyMap<string, string>): string {
  const stroke = network === undefined ? colour.faint : (colours.get(network) ?? colour.faint);
  const path = points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const circles = dots.map(
    ([x, y]) => `<circle cx="${x}" cy="${y}" r="4" fill="${stroke}" stroke="${colour.paper}" stroke-width="1.5"/>`,
  );
  return `<g fill="none"><path d="${path}" stroke="${colour.paper}" stroke-opacity="0.85" stroke-width="5"/><path d="${path}" stroke="${stroke}" stroke-width="1.75"/>${circles.join('')}</g>`;
}

const accents = { ...colour, outside: colour.faint } as const;

function boxGroup(box: Box, colours: ReadonlyMap<string, string>): string {
  const { kind, x, y, width, height, count, tip } = box;
  const accent = accents[kind];
  const frame = (shift: number): string =>
    `<rect x="${x + shift}" y="${y + shift}" width="${width}" height="${height}" rx="${kind === 'outside' ? height / 2 : 8}" fill="${colour.box}" stroke="${accent}" stroke-opacity="${shift > 0 ? 0.35 : 0.6}"${kind === 'outside' ? ' stroke-dasharray="4 3"' : ''}/>`;
  return group(kind, [
    `<title>${escaped(tip)}</title>`,
    ...(count > 1 ? [frame(8), frame(4)] : []),
    frame(0),
    ...boxText(box, accent),
    ...box.lines.flatMap((line, index) => boxLine(box, line, index, colours)),
  ]);
}

function boxText({ kind, x, y, width, title, about, count }: Box, accent: string): string[] {
  const left = x + (kind === 'outside' ? 16 : 12);
  const badge = count > 1 ? `×${count}` : '';
  const badgeWidth = badge === '' ? 0 : textWidth(badge, 12, { bold: true }) + 14;
  const room = width - (left - x) - 36 - (badgeWidth > 0 ? badgeWidth + 8 : 0);
  return [
    iconOf(kind, left, y + 12, accent),
    text(left + 26, y + 20, fitted(title, room, 13, { bold: true }), { size: 13, weight: 600 }),
    text(left + 26, y + 35, fitted(about, width - (left - x) - 32, 11), { size: 11, fill: colour.faint }),
    ...(badge === ''
      ? []
      : [
          `<rect x="${x + width - badgeWidth - 8}" y="${y + 7}" width="${badgeWidth}" height="18" rx="9" fill="${accent}"/>`,
          text(x + width - badgeWidth / 2 - 8, y + 20, badge, {
            size: 12,
            weight: 600,
            fill: colour.paper,
            anchor: 'middle',
          }),
        ]),
  ];
}

function boxLine(box: Box, line: Box['lines'][number], index: number, colours: ReadonlyMap<string, string>): string[] {
  if (box.kind === 'outside') return [];
  const { boxHead, boxLine: step } = measure;
  const y = box.y + boxHead + index * step + 9;
  const dot = colours.get(line.network ?? '') ?? colour.faint;
  const shown = line.text === '' ? (line.network ?? '') : line.text;
  return [
    `<circle cx="${box.x + 20}" cy="${y}" r="3.5" fill="${dot}"/>`,
    text(box.x + 30, y + 4, fitted(shown, box.width - 36, 11, { mono: true }), { size: 11, mono: true }),
  ];
}

interface TextStyle {
  readonly size: number;
  readonly weight?: number;
  readonly fill?: string;
  readonly mono?: boolean;
  readonly anchor?: 'middle' | 'end';
}

function text(
  x: number,
  y: number,
  words: string,
  { size, weight, fill = colour.ink, mono, anchor }: TextStyle,
): string {
  const more = [
    weight === undefined ? '' : ` font-weight="${weight}"`,
    mono ? ` font-family="${fonts.mono}"` : '',
    anchor === undefined ? '' : ` text-anchor="${anchor}"`,
  ].join('');
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${more}>${escaped(words)}</text>`;
}

function group(kind: string, parts: readonly string[]): string {
  return `<g class="${kind}">${parts.join('')}</g>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
