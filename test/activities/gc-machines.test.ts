import { describe, expect, test } from 'vitest';
import { claimOn, refOn } from '../../src/activities/gc/claims.ts';
import { lookAt, type Machine, type Way } from '../../src/activities/gc/machines.ts';
import type { Host } from '../../src/model/host.ts';
import type { DeploymentRecord } from '../../src/ports/store.ts';
import { createSimulatedWorld } from '../../src/adapters/sim/world.ts';

const host = (name: string, address: string, user = 'root'): Host => {
  return { name, connection: 'ssh', address, port: 22, user, accelerator: 'auto' };
};
const way = (name: string, address: string, more: Partial<Way> = {}): Way => {
  return { host: host(name, address), main: false, ...more };
};

/** Machines by address, with the id that lies on them; `locked` lets in one user only. */
async function look(machines: Record<string, string>, ways: readonly Way[], locked: Record<string, string> = {}) {
  const { observer } = createSimulatedWorld();
  const asked: string[] = [];
  const ports = {
    store: { installation: 'here' },
    world: {
      observer: {
        observe: async (at: Host, ...rest: readonly unknown[]) => {
          asked.push(`${at.user}@${at.address}`);
          const id = machines[at.address];
          if (id === undefined) throw new Error('no route');
          if (locked[at.address] !== undefined && locked[at.address] !== at.user) throw new Error('key refused');
          const [queries, scope] = rest as [never, never];
          const answers = await observer.observe(at, queries, scope);
          return { ...answers, facts: { ...answers.facts, id } };
        },
      },
    },
  };
  const found = await lookAt(ports as never, ways, undefined, new AbortController().signal);
  return {
    ...found,
    asked,
    told: found.machines.map(({ host: { name }, answers }) => `${name} ${answers ? 'answers' : 'silent'}`),
  };
}

describe('every machine is looked at once', () => {
  test('by whatever names and addresses it is known', async () => {
    const ways = [way('h1', '192.0.2.2'), way('beta', '192.0.2.9'), way('h1', '192.0.2.2', { id: 'b' })];
    const { told, asked, machineBehind } = await look({ '192.0.2.2': 'b', '192.0.2.9': 'b' }, ways);
    expect(told).toEqual(['h1 answers']);
    expect(asked).toEqual(['root@192.0.2.2', 'root@192.0.2.9']);
    expect(machineBehind(ways[1]!)).toBe(machineBehind(ways[0]!));
  });

  test('though its old address is silent, which is not told then', async () => {
    const ways = [way('h1', '192.0.2.2', { id: 'b' }), way('beta', '192.0.2.9')];
    const { told, machineBehind } = await look({ '192.0.2.9': 'b' }, ways);
    expect(told).toEqual(['beta answers']);
    expect(machineBehind(ways[0]!).host.name).toBe('beta');
  });

  test('with the key of one hosts file where that of another is refused', async () => {
    const ways = [way('h1', '192.0.2.2'), { host: host('h1', '192.0.2.2', 'ann'), main: false }];
    expect((await look({ '192.0.2.2': 'b' }, ways, { '192.0.2.2': 'ann' })).told).toEqual(['h1 answers']);
  });

  test('and is told once as silent, with a reason', async () => {
    const { machines } = await look({}, [way('h1', '192.0.2.2'), way('h1', '192.0.2.2', { id: 'b' })]);
    expect(machines).toMatchObject([{ host: { name: 'h1' }, reason: 'no route' }]);
  });

  test('two machines of one name have two names', async () => {
    const { told } = await look({ '192.0.2.1': 'a', '192.0.2.2': 'b' }, [
      way('main', '192.0.2.1'),
      way('main', '192.0.2.2'),
    ]);
    expect(told).toEqual(['main answers', 'main (192.0.2.2:22) answers']);
  });

  test('another machine at an old address is not taken for the one that was there', async () => {
    const old = way('h1', '192.0.2.2', { id: 'b' });
    const { machines, machineBehind } = await look({ '192.0.2.2': 'new' }, [way('h1', '192.0.2.2'), old]);
    expect(machines).toHaveLength(2);
    expect(machineBehind(old)).toMatchObject({ reason: 'another machine answers there now', id: 'b' });
  });

  test('hosts of which only names are left are two', async () => {
    expect((await look({}, [way('h1', ''), way('h2', '')])).told).toEqual(['h1 silent', 'h2 silent']);
  });
});

describe('a claim', () => {
  const machine = (name: string, id?: string): Machine => ({ host: host(name, name), main: false, id });
  const record: DeploymentRecord = {
    name: 'lab',
    folder: '/lab',
    file: 'kvm-compose.yaml',
    hosts: [],
    placement: {},
    status: 'up completed',
    wants: { h1: ['disk:lab-a', 'folder:lab@h1'], h2: ['disk:lab-a'] },
  };
  const [one, two] = [machine('beta', 'a'), machine('h2', 'b')];

  test('of what is wanted on several hosts is one on each of them', () => {
    const machineNamed = (_: unknown, name: string) => (name === 'h1' ? one : two);
    expect(claimOn({ machineNamed }, record, one).wants?.get('disk:lab-a')).toBe('beta');
    expect(claimOn({ machineNamed }, record, two).wants?.get('disk:lab-a')).toBe('h2');
    expect(claimOn({ machineNamed }, record, one).own).toBe(true);
    expect(claimOn({ machineNamed }, record, one).wants?.get('folder:lab@beta')).toBe('beta');
  });

  test.each([
    ['of whose places one is unknown', () => undefined],
    ['of whose places one has no id', (name: string) => (name === 'h1' ? one : machine('h2'))],
  ])('%s is in doubt', (_, named) => {
    expect(claimOn({ machineNamed: (_record, name) => named(name) }, record, one).own).toBe(false);
  });

  test('renames only what bears the name of the host', () => {
    expect(refOn('folder:lab@h1', 'h1', 'beta')).toBe('folder:lab@beta');
    expect(refOn('folder:lab@xh1', 'h1', 'beta')).toBe('folder:lab@xh1');
    expect(refOn('disk:lab-h1', 'h1', 'beta')).toBe('disk:lab-h1');
  });
});
