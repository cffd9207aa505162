import { isMeant } from '../owned.ts';
import type { SimulatedTransport } from '../transport.ts';
import { filesEffects, type HostOfFiles } from './effects.ts';
import type { FilesState } from './state.ts';

/** A file system. */
export const files: SimulatedTransport<'files', HostOfFiles, FilesState> = {
  effects: filesEffects,
  empty: () => ({ records: {}, files: {} }),
  answer: (host, scope) => ({
    records: Object.values(host.records).filter(({ mark: label }) => isMeant(label, scope)),
    files: host.files,
  }),
};
