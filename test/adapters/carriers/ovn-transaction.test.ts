import { describe, expect, test } from 'vitest';

import {
  fromOvsdb,
  type OvsdbOperation,
  type OvsdbResult,
  sameValue,
  toOvsdb,
} from '../../../src/adapters/host/ovsdb.ts';
import { currentOf, readOperations, stepsOf } from '../../../src/adapters/carriers/ovn/transaction.ts';
import { labelToPairs, type OwnerLabel } from '../../../src/model/owner-label.ts';
import type { OvnOp, OvnRow } from '../../../src/model/transport/ovn.ts';

const label: OwnerLabel = { installation: '0123abcd', deployment: 'lab', generation: 1, hash: 'x' };
const lan = '11111111-1111-5111-8111-111111111111';
const port = '22222222-2222-5222-8222-222222222222';
const dhcp = '33333333-3333-5333-8333-333333333333';

const row: OvnRow = {
  table: 'Logical_Switch_Port',
  uuid: port,
  columns: {
    name: 'lab-lan-web-0',
    addresses: ['52:54:00:00:00:01'],
    dhcpv4_options: [dhcp],
    external_ids: labelToPairs(label, 'ovn.switch-port:lab-lan-web-0'),
  },
  parent: { table: 'Logical_Switch', uuid: lan, column: 'ports' },
};
const ensure: OvnOp = { transport: 'ovn', do: 'ensure', rows: [row] };
const remove: OvnOp = { transport: 'ovn', do: 'remove', rows: [row] };

/** The row as OVSDB shows it. */
const shown = {
  _uuid: ['uuid', port],
  name: 'lab-lan-web-0',
  addresses: '52:54:00:00:00:01',
  dhcpv4_options: ['uuid', dhcp],
  external_ids: ['map', Object.entries(labelToPairs(label, 'ovn.switch-port:lab-lan-web-0'))],
};

function operationsFor(op: OvnOp, results: readonly OvsdbResult[]): OvsdbOperation[] {
  const item = { id: 'x', op, needs: [] };
  expect(readOperations([item])).toHaveLength(results.length);
  return stepsOf(item, currentOf([item], results), label).map(({ operation }) => operation);
}

function there(ports: readonly string[], columns: object = {}): OvsdbResult[] {
  return [{ rows: [{ ...shown, ...columns }] }, { rows: [{ ports: ['set', ports.map((uuid) => ['uuid', uuid])] }] }];
}
const absent: OvsdbResult[] = [{ rows: [] }, { rows: [{ ports: ['set', []] }] }];

describe('ensuring a row', () => {
  test('inserts it under its own UUID and refers to it, if its parent is there', () => {
    const [insert, wait, mutate] = operationsFor(ensure, absent);
    expect(insert).toMatchObject({ op: 'insert', uuid: port, row: { dhcpv4_options: ['set', [['uuid', dhcp]]] } });
    expect(wait).toMatchObject({ op: 'wait', table: 'Logical_Switch', timeout: 0 });
    expect(mutate).toMatchObject({ op: 'mutate', mutations: [['ports', 'insert', ['set', [['uuid', port]]]]] });
  });

  test('does nothing when it is so already', () => {
    expect(operationsFor(ensure, there([port]))).toEqual([]);
  });

  test('sets only the columns that differ', () => {
    expect(operationsFor(ensure, there([port], { name: 'other' }))).toEqual([
      { op: 'update', table: row.table, where: [['_uuid', '==', ['uuid', port]]], row: { name: 'lab-lan-web-0' } },
    ]);
  });

  test('refers to a row nobody refers to', () => {
    expect(operationsFor(ensure, there([])).map(({ op }) => op)).toEqual(['wait', 'mutate']);
  });
});

describe('removing a row', () => {
  test('lets go of it first', () => {
    expect(operationsFor(remove, there([port])).map(({ op }) => op)).toEqual(['mutate', 'delete']);
  });

  test('does nothing when it is gone, with its parent too', () => {
    expect(operationsFor(remove, absent)).toEqual([]);
    expect(operationsFor(remove, [{ rows: [] }, { rows: [] }])).toEqual([]);
  });
});

test.each([
  ['name', 'text', 'text'],
  ['priority', 5, 5],
  ['addresses', ['b', 'a'], ['set', ['b', 'a']]],
  ['options', { k: 'v' }, ['map', [['k', 'v']]]],
  ['dhcpv4_options', [], ['set', []]],
] as const)('a value of %s keeps its meaning on the way', (column, value, sent) => {
  expect(toOvsdb(column, value)).toEqual(sent);
  expect(fromOvsdb(sent)).toEqual(value);
});

test('a set has no order, and a set of one is its member', () => {
  expect(sameValue(['a', 'b'], ['b', 'a'])).toBe(true);
  expect(sameValue('a', ['a'])).toBe(true);
  expect(sameValue([], '')).toBe(false);
  expect(sameValue({ a: '1', b: '2' }, { b: '2', a: '1' })).toBe(true);
});
