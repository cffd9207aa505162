import type { Box } from './picture.ts';
import { measure } from './theme.ts';

const { grid } = measure;

/** Where the wire of an interface leaves a box: on a grid, from above and from below on different ones. */
export function slotOf({ x, width, lines }: Box, index: number, aside: 0 | 12): number {
  return Math.round((x + (width * (index + 1)) / (lines.length + 1) - aside) / grid) * grid + aside;
}
