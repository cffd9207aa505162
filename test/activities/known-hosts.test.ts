import { describe, expect, test } from 'vitest';
import { candidatesOf, identify, knownAfter, knownOf } from '../../src/activities/known-hosts.ts';
import type { Host, Inventory, KnownHost } from '../../src/model/host.ts';
import type { DeploymentRecord } from '../../src/ports/store.ts';

const host = (name: string, address = name): Host => {
  return { name, connection: 'ssh', address, port: 22, user: 'root', accelerator: 'auto' };
};
const inventory = (...hosts: readonly Host[]): Inventory => ({ main: hosts[0]!.name, hosts });
const known = (name: string, more: Partial<KnownHost> = {}): KnownHost => ({ host: host(name), main: false, ...more });
const names = ({ hosts }: Inventory): string[] => hosts.map(({ name }) => name);

describe('who is asked', () => {
  test.each([
    ['today only', [], ['main', 'h1']],
    ['a remembered host that has left the file', [known('h9')], ['main', 'h1', 'h9']],
    ['a remembered host that is in the file is asked once', [known('h1')], ['main', 'h1']],
    [
      'a name that leads elsewhere now is asked where it led before, too',
      [known('h1', { host: host('h1', 'old') })],
      ['main', 'h1', 'h1 (before)'],
    ],
  ])('%s', (_, remembered, asked) => {
    expect(names(candidatesOf(inventory(host('main'), host('h1')), remembered).inventory)).toEqual(asked);
  });

  test('rows are read where main was, whoever is main now', () => {
    const { mains } = candidatesOf(inventory(host('h1'), host('main')), [known('main', { main: true })]);
    expect([...mains]).toEqual(['h1', 'main']);
  });
});

describe('which machine is which', () => {
  const told = (ids: Record<string, string>) => (name: string) => ids[name];

  test('a remembered machine that answers under a name of today goes by that name', () => {
    const candidates = candidatesOf(inventory(host('main'), host('beta')), [known('h1', { id: 'b' })]);
    const { aliases, inventory: kept } = identify(candidates, told({ main: 'a', beta: 'b', h1: 'b' }));
    expect([...aliases]).toEqual([['h1', 'beta']]);
    expect(names(kept)).toEqual(['main', 'beta']);
  });

  test('it does so though its old address is silent', () => {
    const candidates = candidatesOf(inventory(host('main'), host('beta')), [known('h1', { id: 'b' })]);
    expect([...identify(candidates, told({ main: 'a', beta: 'b' })).aliases]).toEqual([['h1', 'beta']]);
  });

  test('without an id nothing is taken for the same', () => {
    const candidates = candidatesOf(inventory(host('main'), host('beta')), [known('h1')]);
    const { aliases, inventory: kept } = identify(candidates, told({}));
    expect(aliases.size).toBe(0);
    expect(names(kept)).toEqual(['main', 'beta', 'h1']);
  });
});

describe('a record of the release before', () => {
  const record: DeploymentRecord = {
    name: 'lab',
    folder: '/lab',
    file: 'kvm-compose.yaml',
    hosts: ['main', 'h1'],
    placement: {},
    status: 'up completed',
  };

  test('has its machines in its hosts file, and keeps the name of one that is not there', () => {
    const machines = knownOf(record, inventory(host('main', '192.0.2.1')));
    expect(machines).toMatchObject([
      { host: { name: 'main', address: '192.0.2.1' }, main: true },
      { host: { name: 'h1', address: '' }, main: false },
    ]);
  });

  test('has lost machines only where the file has gone: nobody takes them for empty', () => {
    expect(knownOf(record, undefined).map((each) => each.host)).toMatchObject([
      { name: 'main', address: '' },
      { name: 'h1', address: '' },
    ]);
  });
});

describe('who is remembered', () => {
  const after = (unknown: readonly string[], wanted: readonly string[]) => {
    const remembered = [known('h1', { id: 'b', main: true })];
    const candidates = candidatesOf(inventory(host('main'), host('h2')), remembered);
    const observed = {
      copies: new Map(),
      facts: new Map(),
      unknown: new Map(unknown.map((name) => [name, 'no answer'] as const)),
    };
    const goals = wanted.map((name) => ({ host: name }));
    return knownAfter(candidates.inventory, observed, goals, candidates).map((each) => each.host.name);
  };

  test.each([
    ['a host with a goal, before anything is made there', [], ['h2'], ['h2']],
    ['a remembered host that does not answer', ['h1'], [], ['h1']],
    ['no host of today that does not answer and has no goal', ['h2'], [], []],
    ['no remembered host that answers and holds nothing', [], [], []],
  ])('%s', (_, unknown, wanted, kept) => {
    expect(after(unknown, wanted)).toEqual(kept);
  });
});
