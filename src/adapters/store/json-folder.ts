import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../model/failure.ts';
import { isErrno, readIfThere, writeAtomically } from './atomic-file.ts';

/** A folder of JSON files, one per name; names may hold anything. */
export interface JsonFolder<T> {
  get(name: string): Promise<T | undefined>;
  put(name: string, value: T): Promise<void>;
  remove(name: string): Promise<void>;
  all(): Promise<T[]>;
}

/** Opens a folder of JSON files; it comes into being with the first one. */
export function jsonFolder<T>(folder: string): JsonFolder<T> {
  const pathOf = (name: string): string => join(folder, `${fileName(name)}.json`);
  return {
    get: (name) => readJson<T>(pathOf(name)),
    put: (name, value) => writeAtomically(pathOf(name), `${JSON.stringify(value)}\n`),
    remove: (name) => rm(pathOf(name), { force: true }),
    async all() {
      const values = await Promise.all((await namesIn(folder)).map((name) => readJson<T>(join(folder, name))));
      return values.filter((value) => value !== undefined);
    },
  };
}

/** A name as a file name: no slash, and never one that starts with a dot (those are half-written files). */
export function fileName(name: string): string {
  return encodeURIComponent(name).replace(/^\./, '%2E');
}

/** Parses a file of ours; undefined when it is not there, a clear failure when it is damaged. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    const hint = 'restore the file, or remove it: the hosts are the truth and the next command reads them again';
    const message = `${path} is damaged: not JSON`;
    throw new Failure({ code: 'file-unreadable', class: 'permanent', message, object: path, hint }, { cause });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
