import type { Box } from './picture.ts';

/** Strokes of small pictures, each in a square of 18. */
const strokes = {
  guest: 'M2 3h14v9H2zM9 12v3M5.5 15h7',
  container: 'M9 2l7 3.5v7L9 16l-7-3.5v-7zM2 5.5L9 9l7-3.5M9 9v7',
  emulator: 'M5 1.5h8v15H5zM8 14h2',
  router: 'M9 1.5a7.5 7.5 0 1 0 .01 0M5 9h8M10.5 6.5L13 9l-2.5 2.5M7.5 6.5L5 9l2.5 2.5',
  outside: 'M5 14a3.5 3.5 0 0 1-.3-7A4.7 4.7 0 0 1 13.8 6.5 3.8 3.8 0 0 1 13.2 14z',
  host: 'M3 2.5h10v4.5H3zM3 8.5h10v4.5H3zM5.5 4.8h.01M5.5 10.8h.01',
} as const satisfies Record<Box['kind'] | 'host', string>;

/** The small picture of a kind of thing. */
export function iconOf(kind: keyof typeof strokes, x: number, y: number, colour: string): string {
  return `<path transform="translate(${x} ${y})" d="${strokes[kind]}" fill="none" stroke="${colour}" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/>`;
}
