import type { ImagePin } from '../model/image.ts';

/** Name of the lock file in the project's folder. */
export const imageLockName = 'kvm-compose.lock.yaml';

const head = `# Written by kvm-compose when it pulls an image for the first time, so that everyone gets the same content.
# Keep this file with the project. To pin an image anew, delete its entry: the next \`up\` reads its publisher's list.
`;

/** The lock file's text: by name, so that one more image is a few lines more. */
export function encodeImageLock(pins: ReadonlyMap<string, ImagePin>): string {
  const entries = [...pins].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([name, pin]) => linesOf(name, pin));
  return `${head}images:${entries.length === 0 ? ' {}' : ''}\n${entries.map((line) => `${line}\n`).join('')}`;
}

function linesOf(name: string, { url, sha256, sha512, size, list, pinned }: ImagePin): string[] {
  const quoted = JSON.stringify;
  return [
    `  ${plainWord.test(name) ? name : quoted(name)}:`,
    `    url: ${plainAddress.test(url) ? url : quoted(url)}`,
    // Some hashes look like numbers.
    `    sha256: ${quoted(sha256)}`,
    ...(sha512 === undefined ? [] : [`    sha512: ${quoted(sha512)}`]),
    `    size: ${size}`,
    `    list: ${plainAddress.test(list) ? list : quoted(list)}`,
    `    pinned: ${quoted(pinned)}`,
  ];
}

/** What every reader of YAML takes for a text without quotes. */
const plainWord = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][\w.-]*$/i;
const plainAddress = /^https?:\/\/[\w.:/%~?=&-]*[\w/]$/;
