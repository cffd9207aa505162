import { expect, test } from 'vitest';
import type { OwnerLabel } from '../../src/model/owner-label.ts';
import type { DomainAnswer } from '../../src/model/transport/libvirt.ts';
import { guestReady } from '../../src/resources/guest.ready/kind.ts';
import { h2Facts } from '../support/facts.ts';
import { deployment, goals } from '../support/goals.ts';

const goal = goals['guest.ready'];
const label: OwnerLabel = { installation: '0123abcd', deployment, generation: 1, hash: 'cafe' };

/** What is wrong with a guest that was shown ready at boot `1.1`, now that its domain is so. */
function driftOf({ state = 'running', boot = '1.1' }: { state?: DomainAnswer['state']; boot?: string }) {
  const record = { ref: `guest.ready:${goal.name}`, mark: label, goal, boot: '1.1' } as const;
  const domain: DomainAnswer = {
    name: goal.domain,
    mark: label,
    state,
    boot,
    cpus: 1,
    memoryMiB: 128,
    accelerator: 'qemu',
    disks: [],
    interfaces: [],
    consoleLog: '',
  };
  const answers = {
    host: 'h2',
    facts: h2Facts,
    files: { records: [record], files: {} },
    libvirt: { domains: [domain], ports: [] },
  };
  return guestReady.parse(answers, { deployment, installation: '0123abcd', host: 'h2', main: 'main' })[0]?.drift;
}

test('a guest is ready as long as the boot runs in which it was shown to be', () => {
  expect(driftOf({})).toBeUndefined();
  expect(driftOf({ boot: '2.2' })).toBe('rebooted');
  expect(driftOf({ state: 'shut off', boot: '' })).toBe('does not run');
  expect(driftOf({ state: 'paused' })).toBe('paused');
  expect(driftOf({ state: 'paused', boot: '2.2' })).toBe('starts again');
});

test('a guest that is ready is not asked again because it waits for others since', () => {
  const after = [{ ref: 'guest.ready:lab-db' }] as const;
  expect(guestReady.compare({ ...goal, after }, { as: goal, label })).toBeUndefined();
  expect(guestReady.needs({ ...goal, after })).toContainEqual({ ref: 'guest.ready:lab-db', how: 'after' });
});
