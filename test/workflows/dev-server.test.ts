import { Connection } from '@temporalio/client';
import { expect, inject, test } from 'vitest';

import { searchAttributeNames } from '../../src/model/search-attributes.ts';

/** Temporal's numbers of the types of search attributes. */
const types = { keyword: 2, int: 3, keywordList: 7 };

test('the server of the tests knows every search attribute of a run', async () => {
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'default' });
  await connection.close();
  const { hosts, guests, ...keywords } = searchAttributeNames;
  expect(customAttributes).toMatchObject({
    ...Object.fromEntries(Object.values(keywords).map((name) => [name, types.keyword])),
    [hosts]: types.keywordList,
    [guests]: types.int,
  });
});
