import type { ShownPlan as Answer } from '../api/answers/plan.ts';

/** A plan as it is shown; one made without the server has no fingerprint and no images to pull. */
export type ShownPlan = Omit<Answer, 'fingerprint' | 'toPull'> & Partial<Pick<Answer, 'fingerprint' | 'toPull'>>;
