import type { ShownPlan as Answer } from '../api/answers/plan.ts';

/** A plan as it is shown; one that no host was asked for has no fingerprint. */
export type ShownPlan = Omit<Answer, 'fingerprint'> & Partial<Pick<Answer, 'fingerprint'>>;
