import { defineTransport } from './transport.ts';

/** A kind without a carrier yet: refused before anything is touched. */
export interface LaterOp {
  readonly transport: 'later';
  readonly why: string;
}

/** Nobody carries it. */
export const later = defineTransport<LaterOp>({ class: 'control', noun: 'unsupported' });
