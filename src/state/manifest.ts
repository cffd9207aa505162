import { Failure } from '../model/failure.ts';

/** Which texts were generated, by path inside the artefacts folder, with the SHA-256 each was written with. */
export interface Manifest {
  readonly deployment: string;
  readonly files: Readonly<Record<string, string>>;
  /** While files are being written: what those hold that change, so that neither text counts as edited. */
  readonly before?: Readonly<Record<string, string>>;
}

/** Name of the manifest inside the artefacts folder. */
export const manifestName = 'manifest.json';

const version = 1;

/** The manifest as text, in stable order. */
export function encodeManifest({ deployment, files, before }: Manifest): string {
  const file = {
    version,
    deployment,
    files: byPath(files),
    ...(before === undefined ? {} : { before: byPath(before) }),
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

function byPath(files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads a manifest. Throws Failure `file-unreadable`: without it nobody knows which files the user edited. */
export function decodeManifest(text: string, path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(path, 'it is not JSON');
  }
  const { version: found, deployment, files, before = {} } = (value ?? {}) as Record<string, unknown>;
  if (found !== version || typeof deployment !== 'string') throw unreadable(path, 'it is no manifest of this format');
  if (!isFiles(files) || !isFiles(before)) throw unreadable(path, 'it names files outside of its folder, or no hashes');
  return Object.keys(before).length > 0 ? { deployment, files, before } : { deployment, files };
}

/** Files are removed by what stands here, so nothing else may stand here. */
function isFiles(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(
    ([path, sha256]) =>
      path.split('/').every((part) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*~?$/.test(part)) &&
      path !== manifestName &&
      typeof sha256 === 'string' &&
      /^[0-9a-f]{64}$/.test(sha256),
  );
}

function unreadable(path: string, why: string): Failure {
  const hint = 'restore it, or remove the artefacts folder; what was edited in it is lost then';
  const message = `${path} cannot be read: ${why}`;
  return new Failure({ code: 'file-unreadable', class: 'permanent', message, object: path, hint });
}

/** True when the manifest has the file and its text is none that was generated. */
export function isEdited({ files, before }: Manifest, path: string, sha256: string): boolean {
  return Object.hasOwn(files, path) && files[path] !== sha256 && before?.[path] !== sha256;
}
