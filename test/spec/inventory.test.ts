import { describe, expect, test } from 'vitest';

import { localInventory, parseInventory } from '../../src/spec/inventory.ts';

describe('a hosts file', () => {
  test('names hosts and how they are reached', () => {
    const { inventory, diagnostics } = parseInventory(
      'main: a\nhosts:\n  a: { address: 10.0.0.1, connection: local }\n  b: { address: b.lan, user: lab, port: 2222, identity_file: /k, known_hosts_file: /n, accelerator: qemu }\n',
      'hosts.yaml',
    );
    expect(diagnostics).toEqual([]);
    expect(inventory).toEqual({
      main: 'a',
      hosts: [
        { name: 'a', connection: 'local', address: '10.0.0.1', port: 22, user: 'root', accelerator: 'auto' },
        {
          name: 'b',
          connection: 'ssh',
          address: 'b.lan',
          port: 2222,
          user: 'lab',
          identityFile: '/k',
          knownHostsFile: '/n',
          accelerator: 'qemu',
        },
      ],
    });
  });

  test('needs no `main` when there is one host, or one is called so', () => {
    expect(parseInventory('hosts: { a: { address: x } }', 'h').inventory?.main).toBe('a');
    expect(parseInventory('hosts: { a: { address: x }, main: { address: y } }', 'h').inventory?.main).toBe('main');
  });

  test.each([
    ['hosts: {}', 'no-hosts'],
    ['hosts: { a: { address: x }, b: { address: y } }', 'no-main'],
    ['main: c\nhosts: { a: { address: x } }', 'unknown-host'],
    ['hosts: { a: { port: 22 } }', 'missing-key'],
    ['hosts: { a: { address: x, port: 70000 } }', 'out-of-range'],
    ['hosts: { a/b: { address: x } }', 'bad-name'],
    ['hosts: [a]', 'wrong-type'],
  ])('%j is refused: %s', (text, code) => {
    const { inventory, diagnostics } = parseInventory(text, 'hosts.yaml');
    expect(inventory).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: 'error', code, position: { file: 'hosts.yaml' } }]);
  });
});

test('without a hosts file there is one host, this machine, and it is main', () => {
  expect(localInventory).toMatchObject({ main: 'main', hosts: [{ name: 'main', connection: 'local' }] });
});
