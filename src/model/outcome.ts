import type { FailureData } from './failure.ts';

/** What became of one item: done, already so, not tried because one it needs failed, or failed with the reason. */
export type Outcome =
  | { readonly id: string; readonly status: 'done' | 'already' }
  /** `cause`: which need failed, where the carrier knows. */
  | { readonly id: string; readonly status: 'skipped'; readonly cause?: string }
  | { readonly id: string; readonly status: 'failed'; readonly failure: FailureData };
