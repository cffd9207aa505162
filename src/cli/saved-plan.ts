import * as z from 'zod';
import type { BootParallelism } from '../model/admission.ts';
import { Failure } from '../model/failure.ts';
import type { Fingerprint } from '../planner/fingerprint.ts';
import type { ShownPlan } from './shown-plan.ts';
import type { CliWorld } from './world.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256');

const shape = z.object({
  version: z.literal(1),
  fingerprint: z.object({ plan: sha256, desired: sha256, observed: sha256 }),
  options: z.object({
    replace: z.boolean().optional(),
    strict: z.boolean().optional(),
    bootParallelism: z.union([z.int().min(1).max(10_000), z.literal('all')]).optional(),
  }),
  plan: z.object({ deployment: z.string() }),
});

/** What `up` needs of a saved plan: nothing in it is executed, the server plans again and compares. */
export interface SavedPlan {
  readonly deployment: string;
  readonly fingerprint: Fingerprint;
  readonly options: {
    readonly replace?: true;
    readonly strict?: true;
    readonly bootParallelism?: BootParallelism;
  };
}

/** A plan as a file. */
export function encodePlan({ plan }: ShownPlan, fingerprint: Fingerprint, options: SavedPlan['options']): string {
  return `${JSON.stringify({ version: 1, fingerprint, options, plan }, undefined, 2)}\n`;
}

/** Reads a saved plan. Throws Failure `file-missing`, `file-unreadable`. */
export async function readPlan(world: CliWorld, path: string): Promise<SavedPlan> {
  const text = await world.readText(path);
  const parsed = shape.safeParse(jsonOf(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue!.path.length > 0 ? `${issue!.path.join('.')}: ` : '';
    const message = `${path} is no saved plan: ${where}${issue!.message}`;
    const hint = 'save one with kvm-compose plan --out FILE';
    throw new Failure({ code: 'file-unreadable', class: 'permanent', message, object: path, hint });
  }
  const { fingerprint, options, plan } = parsed.data;
  return {
    deployment: plan.deployment,
    fingerprint,
    options: {
      ...(options.replace ? { replace: true } : {}),
      ...(options.strict ? { strict: true } : {}),
      ...(options.bootParallelism === undefined ? {} : { bootParallelism: options.bootParallelism }),
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
