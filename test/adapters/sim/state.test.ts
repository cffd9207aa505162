import { expect, test } from 'vitest';

import { emptyHost, type SimulatedHost } from '../../../src/adapters/sim/state.ts';
import { createSimulatedWorld } from '../../../src/adapters/sim/world.ts';

test('a host is kept in files as releases before have it', () => {
  const kept = { rows: {}, records: {}, files: {}, links: {}, domains: {}, ports: {}, jobs: {}, boots: 0 };
  expect(emptyHost()).toEqual(kept);
});

test('two hosts share nothing', () => {
  const [one, other] = [emptyHost(), emptyHost()];
  one.files['/a'] = 1;
  expect(other.files).toEqual({});
});

test('a host that was kept before a transport came gets that part, and keeps the rest', () => {
  const { jobs: _later, ...kept } = { ...emptyHost(), boots: 3, id: 'm1' };
  const hosts = JSON.parse(JSON.stringify({ main: kept })) as Record<string, SimulatedHost>;
  expect(createSimulatedWorld({ hosts }).host('main')).toEqual({ ...emptyHost(), boots: 3, id: 'm1' });
});
