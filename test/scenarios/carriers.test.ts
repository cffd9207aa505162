import { afterAll, beforeAll, expect, test } from 'vitest';

import { carriersKeepTheContract } from '../support/carrier-contract.ts';
import { leftOnMain, type RealCarriers, realCarriers } from './support/real-carriers.ts';

let carriers: RealCarriers;

beforeAll(() => {
  carriers = realCarriers();
});
afterAll(() => carriers.close());

// `test/universal/carriers.test.ts` holds the simulated ones to the same.
carriersKeepTheContract({ hands: () => carriers, laboratory: () => carriers.laboratory });

test('nothing of the deployment is left on the host', async () => {
  expect(await leftOnMain()).toBe('');
});
