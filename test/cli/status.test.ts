import { expect, test } from 'vitest';

import type { DeploymentStatus } from '../../src/api/answers/status.ts';
import { renderStatus } from '../../src/cli/render/status.ts';

const down: DeploymentStatus = {
  deployment: 'lab',
  hosts: [{ name: 'main', answered: true }],
  guests: [],
  resources: 2,
  missing: 0,
  surplus: 0,
  asked: 0,
  kept: [],
};
const disk = { name: 'lab-web', host: 'main', what: 'disk of web', why: 'down keeps disks', bytes: 2_000_000 };
const asked = {
  name: 'lab-lan-0',
  host: 'main',
  what: 'acl on lab-lan',
  why: 'it was asked for',
  asked: true as const,
};

test('a laboratory that is down counts its disks, and names what a person asked for', () => {
  expect(renderStatus({ ...down, kept: [disk] })).toBe('lab: down, 1 disk of 2 MB kept\n');
  const named = 'kept: acl on lab-lan: it was asked for\n';
  expect(renderStatus({ ...down, kept: [disk, asked] })).toBe(`lab: down, 1 disk of 2 MB kept\n${named}`);
  expect(renderStatus({ ...down, kept: [asked] })).toBe(`lab: down, 1 resource kept\n${named}`);
});
