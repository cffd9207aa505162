import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { scrub } from '../../model/scrub.ts';
import type { BundleFile, Bundles } from '../../ports/bundles.ts';
import type { Runner } from '../../ports/runner.ts';
import { listTree } from '../project-files/list-tree.ts';
import { tarOf } from '../project-files/tar.ts';
import { isErrno } from '../store/atomic-file.ts';
import { bundleScript } from './script.ts';

/** What bundles are made of. */
export interface BundleParts {
  /** Undefined where there are no hosts to ask. */
  readonly runner: Runner | undefined;
  /** Home of the server: its logs are read there, bundles are written there. */
  readonly home: string;
  /** Texts that never go into a bundle: keys of the server. */
  readonly hidden: readonly string[];
}

const logBytes = 512 * 1024;
/** Of one host: the ends of the logs of all its guests. */
const mostOutput = 256 * 2 ** 20;

/** Bundles as archives in the server's home. */
export function createBundles({ runner, home, hidden }: BundleParts): Bundles {
  return {
    askHost: async (host, deployment, signal) => {
      if (!runner) return [];
      const token = randomBytes(8).toString('hex');
      const data = Buffer.from(`${token}\n${deployment}\n`);
      const execution = {
        key: `bundle/${token}`,
        script: bundleScript,
        data,
        limit: 'control' as const,
        signal,
        mostOutput,
      };
      const { stdout } = await runner.run(host, execution);
      return filesIn(stdout, token).map(({ path, text }) => ({ path: `hosts/${host.name}/${path}`, text }));
    },
    serverLogs: async () => {
      const folder = join(home, 'logs');
      const names = (await readdir(folder).catch(noFiles)).filter((name) => name.endsWith('.log')).sort();
      return Promise.all(
        names.map(async (name) => ({ path: `server/${name}`, text: await endOf(join(folder, name), logBytes) })),
      );
    },
    write: (name, files, more) => writeArchive(join(home, 'bundles', `${name}.tar.gz`), files, [...hidden, ...more]),
  };
}

function noFiles(error: unknown): string[] {
  if (isErrno(error, 'ENOENT')) return [];
  throw error;
}

function filesIn(text: string, token: string): BundleFile[] {
  return text.split(`\n##${token} `).flatMap((part) => {
    const [path = '', ...lines] = part.split('\n');
    return path === '' || path === 'end' || path.includes('..') ? [] : [{ path, text: lines.join('\n') }];
  });
}

async function endOf(path: string, bytes: number): Promise<string> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - bytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    return buffer.subarray(0, bytesRead).toString('utf8');
  } finally {
    await file.close();
  }
}

async function writeArchive(path: string, files: readonly BundleFile[], secrets: readonly string[]): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(dirname(path), '.new-'));
  try {
    const content = join(work, 'content');
    for (const each of files) {
      const file = join(content, each.path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, scrub(each.text, secrets), { mode: 0o600 });
    }
    const archive = join(work, 'archive');
    const entries = (await listTree(content)) ?? [];
    await pipeline(Readable.from(tarOf(entries)), createGzip(), createWriteStream(archive, { mode: 0o600 }));
    await rename(archive, path);
    return path;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
