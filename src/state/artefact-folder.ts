import { createHash } from 'node:crypto';
import { artefactsFolder, editableNames, type EditedText, guestOfFolder } from '../model/artefacts.ts';
import { domainNameElement } from '../model/domain-metadata.ts';
import { Failure } from '../model/failure.ts';
import { decodeManifest, encodeManifest, isEdited, type Manifest, manifestName } from './manifest.ts';

/** The files of a project, by path from its folder; whoever calls has them. */
export interface FolderFiles {
  /** Undefined where there is none. */
  readonly read: (path: string) => Promise<string | undefined>;
  readonly write: (path: string, text: string) => Promise<void>;
  /** Removes a file, and its folder when that is empty then. */
  readonly remove: (path: string) => Promise<void>;
}

/** What was done with the artefacts. Paths are from the project's folder. */
export interface FolderReport {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  readonly removed: readonly string[];
  /** Left as they are, and why. */
  readonly kept: readonly { readonly path: string; readonly why: string }[];
}

const edited = 'it was edited';
const foreign = 'it is not ours';

/**
 * Makes the folder hold these texts, by path inside it. What the user edited or put there stays, unless forced. The
 * manifest is written before and after: whenever this stops, no text of ours counts as edited.
 */
export async function writeArtefacts(
  files: FolderFiles,
  deployment: string,
  texts: ReadonlyMap<string, string>,
  { force }: { readonly force: boolean },
): Promise<FolderReport> {
  const old = (await readManifest(files)) ?? { deployment, files: {} };
  const found = await hashesOf(files, [...texts.keys(), ...Object.keys(old.files)]);
  const plan = decide(old, found, texts, force);
  const same = plan.written.length + plan.removed.length === 0 && sameManifest(old, plan.files);
  if (!same) {
    const before = Object.fromEntries(
      [...found].filter(([path]) => plan.written.includes(path) || plan.removed.includes(path)),
    );
    await write(files, encodeManifest({ deployment, files: { ...old.files, ...plan.files }, before }));
    for (const path of plan.written) await files.write(inFolder(path), texts.get(path)!);
    for (const path of plan.removed) await files.remove(inFolder(path));
    await write(files, encodeManifest({ deployment, files: plan.files }));
  }
  return reportOf(plan);
}

/** Removes what was generated, by the manifest; what the user edited stays, unless forced, and is still known. */
export async function clearArtefacts(
  files: FolderFiles,
  { force }: { readonly force: boolean },
): Promise<FolderReport> {
  const old = await readManifest(files);
  if (!old) return { written: [], unchanged: [], removed: [], kept: [] };
  const plan = decide(old, await hashesOf(files, Object.keys(old.files)), new Map(), force);
  for (const path of plan.removed) await files.remove(inFolder(path));
  if (plan.kept.length === 0) await files.remove(inFolder(manifestName));
  else await write(files, encodeManifest({ deployment: old.deployment, files: plan.files }));
  return reportOf(plan);
}

/** Texts the user edited since they were generated, by path from the project's folder. Throws `artefact-invalid`. */
export async function editedTexts(
  read: FolderFiles['read'],
  deployment: string,
): Promise<ReadonlyMap<string, EditedText>> {
  const manifest = await readManifest({ read });
  const paths = Object.keys(manifest?.files ?? {}).filter((path) => editableNames.some((name) => endsWith(path, name)));
  const texts = await Promise.all(
    paths.map(async (path): Promise<[string, EditedText][]> => {
      const text = await read(inFolder(path));
      if (text === undefined || !isEdited(manifest!, path, sha256Of(text))) return [];
      checkEdited(path, text, deployment);
      return [[inFolder(path), { sha256: sha256Of(text), text }]];
    }),
  );
  return new Map(texts.flat());
}

function endsWith(path: string, name: string): boolean {
  return path.split('/').length === 2 && path.endsWith(`/${name}`);
}

/** Whether it is good XML libvirt will say; that it is another machine's nobody else would notice in time. */
function checkEdited(path: string, text: string, deployment: string): void {
  if (!endsWith(path, 'domain.xml')) return;
  const name = domainNameElement(`${deployment}-${guestOfFolder(path.split('/')[0]!)}`);
  if (/<domain\b/.test(text) && text.replace(/<!--[\s\S]*?-->/g, '').includes(name)) return;
  throw new Failure({
    code: 'artefact-invalid',
    class: 'permanent',
    message: `${inFolder(path)} was edited and is not the domain it must be: it has no ${name}`,
    object: inFolder(path),
    hint: 'put the name back, or remove the file: it is generated again',
  });
}

interface Decision {
  readonly written: string[];
  readonly unchanged: string[];
  readonly removed: string[];
  readonly kept: { path: string; why: string }[];
  /** The manifest afterwards. */
  readonly files: Record<string, string>;
}

function decide(
  old: Manifest,
  found: ReadonlyMap<string, string>,
  texts: ReadonlyMap<string, string>,
  force: boolean,
): Decision {
  const plan: Decision = { written: [], unchanged: [], removed: [], kept: [], files: {} };
  for (const [path, text] of texts) {
    const wanted = sha256Of(text);
    const there = found.get(path);
    const isForeign = there !== undefined && !Object.hasOwn(old.files, path);
    if (there === wanted) plan.unchanged.push(path);
    else if (force || there === undefined || !(isForeign || isEdited(old, path, there))) plan.written.push(path);
    else plan.kept.push({ path, why: isForeign ? foreign : edited });
    // One that is not ours never becomes ours, so it is neither used nor removed.
    if (!isForeign || force || there === wanted) plan.files[path] = wanted;
  }
  for (const [path, sha256] of Object.entries(old.files)) {
    const there = found.get(path);
    if (texts.has(path) || there === undefined) continue;
    if (force || !isEdited(old, path, there)) plan.removed.push(path);
    else {
      plan.kept.push({ path, why: edited });
      plan.files[path] = sha256;
    }
  }
  return plan;
}

function sameManifest({ files, before }: Manifest, wanted: Readonly<Record<string, string>>): boolean {
  const paths = Object.keys(wanted);
  return (
    before === undefined &&
    paths.length === Object.keys(files).length &&
    paths.every((path) => files[path] === wanted[path])
  );
}

function reportOf({ written, unchanged, removed, kept }: Decision): FolderReport {
  const inOrder = (paths: readonly string[]): string[] => paths.map(inFolder).sort();
  return {
    written: inOrder(written),
    unchanged: inOrder(unchanged),
    removed: inOrder(removed),
    kept: kept.map(({ path, why }) => ({ path: inFolder(path), why })).sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

async function hashesOf(files: FolderFiles, paths: readonly string[]): Promise<Map<string, string>> {
  const hashes = await Promise.all(
    [...new Set(paths)].map(async (path) => {
      const text = await files.read(inFolder(path));
      return text === undefined ? [] : [[path, sha256Of(text)] as const];
    }),
  );
  return new Map(hashes.flat());
}

async function readManifest({ read }: Pick<FolderFiles, 'read'>): Promise<Manifest | undefined> {
  const path = inFolder(manifestName);
  const text = await read(path);
  return text === undefined ? undefined : decodeManifest(text, path);
}

function write(files: FolderFiles, manifest: string): Promise<void> {
  return files.write(inFolder(manifestName), manifest);
}

function inFolder(path: string): string {
  return `${artefactsFolder}/${path}`;
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
