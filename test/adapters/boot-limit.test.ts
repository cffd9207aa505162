import { expect, test } from 'vitest';
import { limitFunction } from '../../src/adapters/carriers/guest/boot-program.ts';
import { admissionOf, isOpen } from '../../src/model/admission.ts';
import { output } from '../support/command.ts';

/** The limit that follows, by the shell of a host and by a smaller one. */
async function nextLimit(
  ...given: readonly [limit: number, least: number, most: number, waited: number, boots: number]
) {
  const script = `${limitFunction}\nnext_limit ${given.join(' ')}; echo $limit`;
  const [one, other] = await Promise.all([output('dash', ['-uc', script]), output('busybox', ['sh', '-uc', script])]);
  expect(other).toBe(one);
  return Number(one);
}

test.each<[string, Parameters<typeof nextLimit>, number]>([
  ['where processors are idle and all that may boot do, one more may', [4, 3, 8, 10, 4], 5],
  ['where processors are idle because fewer boot than may, the number stays', [4, 3, 8, 10, 2], 4],
  ['where something often waits for a processor, the number stays', [4, 3, 8, 70, 4], 4],
  ['where something always waits for a processor, one less may', [4, 3, 8, 99, 4], 3],
  ['never more than the most', [8, 3, 8, 0, 8], 8],
  ['never fewer than the least', [3, 3, 8, 100, 3], 3],
  ['what a person asked for stays whatever the load', [2, 2, 2, 0, 2], 2],
  ['and whatever the load is on the other side', [2, 2, 2, 100, 2], 2],
])('%s', async (_name, given, wanted) => {
  expect(await nextLimit(...given)).toBe(wanted);
});

test.each([
  [{ cores: 2, accelerator: 'qemu' } as const, { start: 3, least: 2, most: 4 }],
  [{ cores: 2, accelerator: 'kvm' } as const, { start: 8, least: 4, most: 20 }],
  [{ cores: 1, accelerator: 'qemu' } as const, { start: 2, least: 1, most: 2 }],
  [{ cores: 64, accelerator: 'kvm' } as const, { start: 256, least: 128, most: 640 }],
])('how many may boot follows from %j', (host, wanted) => {
  expect(admissionOf(host)).toEqual(wanted);
});

test('a person decides it for every host alike', () => {
  const host = { cores: 64, accelerator: 'kvm' } as const;
  expect(admissionOf(host, 3)).toEqual({ start: 3, least: 3, most: 3 });
  expect([admissionOf(host, 'all'), admissionOf(host, 3), admissionOf(host)].map(isOpen)).toEqual([true, false, false]);
});
