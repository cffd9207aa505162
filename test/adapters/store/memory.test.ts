import { memoryStore } from '../../support/doubles.ts';
import { storeContract } from './contract.ts';

storeContract('a store in memory', () => {
  const store = memoryStore();
  return Promise.resolve({ open: () => Promise.resolve(store), remove: () => Promise.resolve() });
});
