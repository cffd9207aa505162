import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { FailureData } from '../model/failure.ts';

/** The failure an activity ended with, as data. */
export function failureIn(error: unknown, host?: string): FailureData {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  const where = host === undefined ? {} : { host };
  if (cause instanceof ApplicationFailure) {
    const data = cause.details?.[0] as FailureData | undefined;
    if (data?.code) return { ...where, ...data };
    return { code: cause.type ?? 'internal', class: 'transient', message: cause.message, ...where };
  }
  const message = cause instanceof Error ? cause.message : String(cause);
  return { code: 'internal', class: 'transient', message, ...where };
}
