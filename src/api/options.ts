import * as z from 'zod';
import type { ReadOptions, RunOptions } from '../workflows/contract.ts';
import { describing } from './shape.ts';
import { sha256 } from './words.ts';

const flag = z.boolean().exactOptional();

const fields = {
  keep: flag,
  onFailure: z.enum(['stop', 'undo', 'ask']).exactOptional(),
  undoWaitSeconds: z.number().min(0).max(86_400).exactOptional(),
  skipUnreachable: flag,
  strict: flag,
  replace: flag,
  purge: flag,
  forceProvisioning: flag,
  bootParallelism: z.union([z.int().min(1).max(10_000), z.literal('all')]).exactOptional(),
  host: z.string().min(1).max(255).exactOptional(),
  rerunScripts: flag,
  reapplyAcl: flag,
  script: z.string().min(1).max(255).exactOptional(),
  lose: flag,
  stopSeconds: z.number().min(0).max(86_400).exactOptional(),
  expect: z.strictObject({ plan: sha256, desired: sha256, observed: sha256 }).exactOptional(),
};

/** What a user chose for a command. */
export const runOptions = describing<RunOptions>()(z.strictObject(fields));

/** What a user chose for a read. */
export const readOptions = describing<ReadOptions>()(
  z.strictObject({ ...fields, command: z.enum(['up', 'down']).exactOptional(), force: flag }),
);
