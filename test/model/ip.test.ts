import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { contains, formatIp, formatSubnet, overlaps, parseIp, parseSubnet } from '../../src/model/ip.ts';

describe('an address', () => {
  test.each([
    ['10.0.0.1', '10.0.0.1'],
    ['255.255.255.255', '255.255.255.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['2001:DB8::0:1', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['fe80:0:0:0:0:0:0:1', 'fe80::1'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
    ['1:0:3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
  ])('%s is %s in its usual form', (text, usual) => {
    expect(formatIp(parseIp(text)!)).toBe(usual);
  });

  test.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '10.0.0.01',
    '10.0.0.1.1',
    ' 10.0.0.1',
    '1::2::3',
    '12345::',
    ':1',
    '1:2:3',
    '::10.0.0',
    'lan',
    '10.0.0.1/24',
  ])('%j is none', (text) => {
    expect(parseIp(text)).toBeUndefined();
  });

  test('reads back as it is written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const ip = parseIp(text)!;
        expect(parseIp(formatIp(ip))).toEqual(ip);
      }),
    );
  });
});

describe('a subnet', () => {
  test.each([
    ['10.0.0.7/24', '10.0.0.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['10.1.2.3/32', '10.1.2.3/32'],
    ['2001:db8::7/64', '2001:db8::/64'],
  ])('of %s is %s', (text, network) => {
    expect(formatSubnet(parseSubnet(text)!)).toBe(network);
  });

  test.each(['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '10.0.0.0/24/24', '::/129', 'lan/24'])(
    '%j is none',
    (text) => {
      expect(parseSubnet(text)).toBeUndefined();
    },
  );

  test('holds its addresses and no others', () => {
    const subnet = parseSubnet('10.0.0.0/30')!;
    expect(['10.0.0.0', '10.0.0.3'].every((text) => contains(subnet, parseIp(text)!))).toBe(true);
    expect(['9.255.255.255', '10.0.0.4', '::a00:1'].some((text) => contains(subnet, parseIp(text)!))).toBe(false);
  });

  test('overlaps what it shares an address with', () => {
    const [wide, narrow, other] = ['10.0.0.0/16', '10.0.9.0/24', '10.1.0.0/24'].map((text) => parseSubnet(text)!);
    expect([overlaps(wide!, narrow!), overlaps(narrow!, wide!), overlaps(wide!, other!)]).toEqual([true, true, false]);
  });
});
