import * as z from 'zod';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { FailureData } from '../../model/failure.ts';
import { describing } from '../shape.ts';

const text = z.string().exactOptional();

const diagnostic = describing<Diagnostic>()(
  z.object({
    severity: z.enum(['error', 'warning', 'preflight']),
    code: z.string(),
    message: z.string(),
    position: z.object({ file: z.string(), line: z.number(), column: z.number(), length: z.number() }).exactOptional(),
    hint: text,
  }),
);

/** What went wrong, on what, and what to do about it. */
export const failure = describing<FailureData>()(
  z.object({
    code: z.string(),
    class: z.enum(['transient', 'permanent', 'host', 'plan']),
    message: z.string(),
    object: text,
    host: text,
    hint: text,
    command: text,
    exitCode: z.number().exactOptional(),
    stderr: text,
    diagnostics: z.array(diagnostic).exactOptional(),
  }),
);
