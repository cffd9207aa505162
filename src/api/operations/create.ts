import { change } from './change.ts';

/** Registers a deployment for its folder; makes nothing on any host. */
export const create = change('create');
