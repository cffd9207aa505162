import { z } from 'zod';
import { Failure } from '../model/failure.ts';
import type { ClientFrame } from './protocol/frames.ts';

const id = z.string().min(1).max(100);
const deployment = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be letters, digits, dots, underscores or hyphens');
const run = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}(\/[A-Za-z0-9-]{1,100})?$/, 'must be DEPLOYMENT or DEPLOYMENT/RUN');
const path = z.string().min(1).max(4096);
const text = z.string().max(1000);
const options = z.record(z.string(), z.unknown());

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256');

const runOptions = z.strictObject({
  keep: z.boolean().optional(),
  onFailure: z.enum(['stop', 'undo', 'ask']).optional(),
  undoWaitSeconds: z.number().min(0).max(86_400).optional(),
  skipUnreachable: z.boolean().optional(),
  strict: z.boolean().optional(),
  replace: z.boolean().optional(),
  forceProvisioning: z.boolean().optional(),
  bootParallelism: z.union([z.int().min(1).max(10_000), z.literal('all')]).optional(),
  expect: z.strictObject({ plan: sha256, desired: sha256, observed: sha256 }).optional(),
});

const readOptions = runOptions.extend({
  command: z.enum(['up', 'down']).optional(),
  force: z.boolean().optional(),
});

const variables = z
  .record(z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable'), z.string().max(8192))
  .refine((given) => Object.keys(given).length <= 500, 'must not have more than 500 variables');

const place = {
  deployment,
  folder: path.startsWith('/'),
  file: path,
  hostsFile: path.optional(),
  variables: variables.optional(),
};

const frame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), protocol: z.literal(1), token: z.string().max(200), client: text }),
  z.strictObject({
    type: z.literal('command'),
    id,
    command: z.enum(['up', 'down', 'gc']),
    ...place,
    options: runOptions.pipe(options),
    follow: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('read'),
    id,
    what: z.enum(['plan', 'status', 'artefacts']),
    ...place,
    options: readOptions.pipe(options),
  }),
  z.strictObject({ type: z.literal('garbage'), id, hostsFile: path.startsWith('/').optional() }),
  z.strictObject({ type: z.literal('attach'), id, run, since: z.int().min(0) }),
  z.strictObject({ type: z.literal('events'), id, run, since: z.int().min(0) }),
  z.strictObject({ type: z.literal('show'), id, run }),
  z.strictObject({ type: z.literal('bundle'), id, run }),
  z.strictObject({ type: z.literal('cancel'), id, run, by: text, reason: text }),
  z.strictObject({
    type: z.literal('decide'),
    id,
    run,
    choice: z.enum(['retry', 'skip', 'stop']),
    batch: z.string().min(1).max(200).optional(),
    by: text,
  }),
  z.strictObject({
    type: z.literal('list'),
    id,
    what: z.enum(['runs', 'deployments']),
    deployment: deployment.optional(),
  }),
]);

/** The frame in a message; throws Failure `bad-frame` that names the field. `id` is the frame's own where it has one. */
export function parseFrame(message: string): { frame: ClientFrame } | { failure: Failure; id: string } {
  let value: unknown;
  try {
    value = JSON.parse(message);
  } catch {
    return { failure: bad('a frame must be one JSON object'), id: '' };
  }
  const parsed = frame.safeParse(value);
  if (parsed.success) return { frame: parsed.data as ClientFrame };
  const [issue] = parsed.error.issues;
  const where = issue!.path.length > 0 ? `${issue!.path.join('.')}: ` : '';
  return { failure: bad(`${where}${issue!.message}`), id: idOf(value) };
}

function bad(message: string): Failure {
  return new Failure({ code: 'bad-frame', class: 'permanent', message });
}

/** So that a client can tell which of its frames was refused. */
function idOf(value: unknown): string {
  const given = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  return typeof given === 'string' ? given.slice(0, 100) : '';
}
