import type { FailureData } from './failure.ts';

/** What became of one item: done, already so, or failed with the reason. */
export type Outcome =
  | { readonly id: string; readonly status: 'done' | 'already' }
  | { readonly id: string; readonly status: 'failed'; readonly failure: FailureData };
