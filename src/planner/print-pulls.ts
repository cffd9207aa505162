import type { ImageToPull } from '../model/image.ts';

/** What `up` would pull before anything else, for people; nothing where every image is in the server's cache. */
export function printPulls(images: readonly ImageToPull[]): string {
  if (images.length === 0) return '';
  return `to pull first\n${images.map((image) => `  ${line(image)}\n`).join('')}\n`;
}

function line({ name, url, expected }: ImageToPull): string {
  const head = `image ${name} (not pulled yet, from ${url})`;
  if (expected.by !== 'list') return `${head}: SHA-256 ${expected.content.sha256}`;
  return `${head}: its content is not known before; checked against ${expected.list} and pinned then`;
}
