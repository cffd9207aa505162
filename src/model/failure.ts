import type { Diagnostic } from './diagnostic.ts';

/** transient: try again; permanent: trying again cannot help; host: the host does not answer; plan: the world moved. */
export type FailureClass = 'transient' | 'permanent' | 'host' | 'plan';

/** A failure as data: what was being done, on what, with what wrong value, and what to do next. Never holds secrets. */
export interface FailureData {
  /** From the message registry, such as `image-missing`. */
  readonly code: string;
  readonly class: FailureClass;
  /** Lower case, no full stop. */
  readonly message: string;
  readonly object?: string;
  readonly host?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** The command in pasteable form, its exit code and the last lines of its stderr. */
  readonly command?: string;
  readonly exitCode?: number;
  readonly stderr?: string;
  /** For `invalid-project`: everything that is wrong, with positions. */
  readonly diagnostics?: readonly Diagnostic[];
}

/** A failure that travels as an exception inside one process; its data crosses process borders. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly data: FailureData;

  constructor(data: FailureData, options?: { cause?: unknown }) {
    super(data.message, options);
    this.data = data;
  }
}

/** The failure in any thrown value; what is not ours is a bug and says so. */
export function failureOf(error: unknown): FailureData {
  if (error instanceof Failure) return error.data;
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'internal', class: 'transient', message };
}
