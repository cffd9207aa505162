import { memoryEvents } from '../../support/doubles.ts';
import { eventLogContract } from './contract.ts';

eventLogContract('an event log in memory', () => {
  const log = memoryEvents();
  return Promise.resolve({ open: () => Promise.resolve(log), remove: () => Promise.resolve() });
});
