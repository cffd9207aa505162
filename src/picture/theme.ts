/** Measures of a picture, in pixels. */
export const measure = {
  margin: 28,
  head: 62,
  gap: 18,
  /** From one network to the next. */
  bus: 34,
  hostPadding: 18,
  hostFoot: 34,
  boxHead: 44,
  boxLine: 17,
  boxFoot: 8,
  lane: 10,
  /** Between wires. */
  grid: 24,
} as const;

/** Ink and paper. */
export const colour = {
  paper: '#ffffff',
  ink: '#1f2733',
  faint: '#5d6878',
  line: '#cfd6df',
  host: '#f4f6f9',
  box: '#ffffff',
  guest: '#3f5874',
  container: '#1c7f86',
  emulator: '#4f8a2b',
  router: '#8a5a13',
} as const;

/** Networks are told apart by these, in turn. */
const networkColours = [
  '#2f6fc4',
  '#c46a16',
  '#2a8a5f',
  '#9348ad',
  '#b93a4a',
  '#26879a',
  '#7d6f13',
  '#5a5fb0',
] as const;

/** The colour of a network by its place in the file. */
export function networkColour(index: number): string {
  return networkColours[index % networkColours.length]!;
}

/** Fonts that are there nearly everywhere, the widest last. */
export const fonts = {
  sans: "Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif",
  mono: "'JetBrains Mono', 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace",
} as const;

/** About how wide a text is: rather too wide than over an edge. */
export function textWidth(text: string, size: number, { mono = false, bold = false } = {}): number {
  return Math.ceil(text.length * size * (mono ? 0.602 : bold ? 0.68 : 0.58));
}

/** A text that fits, with an ellipsis where it had to be cut. */
export function fitted(
  text: string,
  width: number,
  size: number,
  style: { mono?: boolean; bold?: boolean } = {},
): string {
  if (textWidth(text, size, style) <= width) return text;
  let kept = text;
  while (kept.length > 1 && textWidth(`${kept}…`, size, style) > width) kept = kept.slice(0, -1);
  return `${kept}…`;
}
