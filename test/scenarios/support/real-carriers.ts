import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, inject } from 'vitest';

import { createRunner } from '../../../src/adapters/runner/create-runner.ts';
import { createSecrets } from '../../../src/adapters/secrets/key-folder.ts';
import { createWorld } from '../../../src/adapters/world.ts';
import type { Push, Resource } from '../../../src/model/resources.ts';
import type { Op } from '../../../src/model/transport/op.ts';
import type { CarriedTransport } from '../../../src/model/transport/table.ts';
import type { CarrierItem } from '../../../src/ports/carrier.ts';
import type { Secrets } from '../../../src/ports/store.ts';
import { type CarrierHands, carrierHands, endsOf, itemsOf } from '../../support/carrier-hands.ts';
import {
  addressOf,
  carrierFolder,
  type CarrierGuest,
  carrierLabel,
  type CarrierLaboratory,
  carrierLaboratory,
} from '../../support/carrier-laboratory.ts';
import { shellOnHost, tryOnHost } from '../../support/playground.ts';
import { realHost } from '../../support/real-hosts.ts';

const { deployment } = carrierLabel;

/** The real carriers on the host `main`, and their laboratory. */
export interface RealCarriers extends CarrierHands {
  readonly secrets: Secrets;
  readonly image: Push['image'];
  readonly laboratory: CarrierLaboratory;
  /** Makes all that these transports make; it has to succeed. */
  stand(...transports: readonly CarriedTransport[]): Promise<void>;
  /** How the items of a transport ended. */
  ends(transport: CarriedTransport, how: 'make' | 'remove'): Promise<readonly string[]>;
  /** What of these transports is not as it is wanted. */
  wrong(...transports: readonly CarriedTransport[]): Promise<readonly string[]>;
  /** Removes what these transports made, in reverse. */
  leave(...transports: readonly CarriedTransport[]): Promise<void>;
  close(): Promise<void>;
}

/** The real world with the tiny image. */
export function realCarriers(): RealCarriers {
  const source = inject('tinyImage');
  const sha256 = createHash('sha256').update(readFileSync(source)).digest('hex');
  const image = { sha256, size: statSync(source).size, source };
  const runner = createRunner();
  const keys = mkdtempSync(join(tmpdir(), 'carriers-'));
  const secrets = createSecrets(keys);
  const laboratory = carrierLaboratory(image);
  const hands = carrierHands(createWorld({ runner, secrets }), realHost('main'));
  const ends: RealCarriers['ends'] = async (transport, how) =>
    Object.values(endsOf(await hands.apply(transport, running(itemsOf(laboratory[transport].goals, how)))));
  return {
    ...hands,
    secrets,
    image,
    laboratory,
    ends,
    stand: async (...transports) => {
      for (const transport of transports) expect(await ends(transport, 'make')).toEqual(every('done'));
    },
    wrong: (...transports) => hands.differences(transports.flatMap((transport) => laboratory[transport].goals)),
    leave: async (...transports) => {
      for (const transport of [...transports].reverse()) await ends(transport, 'remove');
    },
    close: async () => {
      await runner.close();
      rmSync(keys, { recursive: true });
    },
  };
}

/** The real carriers for the tests of a file, with all made that these transports make; removed after the last test. */
export function standingCarriers(...transports: readonly CarriedTransport[]): RealCarriers {
  const carriers = realCarriers();
  beforeAll(() => carriers.stand(...transports));
  afterAll(async () => {
    await carriers.leave(...transports);
    await carriers.close();
  });
  return carriers;
}

/** As plans of the releases before have it: nobody but the batch itself resumes the domain. */
function running(items: readonly CarrierItem[]): CarrierItem[] {
  return items.map((item) => ({ ...item, op: resumed(item.op) }));
}

function resumed(op: Op): Op {
  if (op.transport !== 'libvirt' || op.do !== 'ensure') return op;
  const { leave: _leave, ...rest } = op;
  return rest;
}

/** Makes one thing in a batch of its own, as of the releases before. */
export function itemOf(goal: Resource): CarrierItem {
  return running(itemsOf([goal], 'make'))[0]!;
}

/** Matches a list in which all are so. */
export function every(status: string): unknown {
  return expect.not.arrayContaining([expect.not.stringMatching(`^${status}$`)]);
}

/** Waits until a guest answers over the network. */
export async function knockAt(guest: CarrierGuest): Promise<void> {
  const address = `${addressOf(guest)}%kb-carriers`;
  const knock = `timeout 3 ip netns exec kc-${deployment} socat -T2 - 'TCP6:[${address}]:22' </dev/null | head -c 4`;
  await expect
    .poll(async () => (await tryOnHost('main', ['sh', '-c', knock])).stdout, { timeout: 90_000, interval: 500 })
    .toBe('SSH-');
}

/** What is left of the deployment on the host, as its own tools say it. */
export function leftOnMain(): Promise<string> {
  return shellOnHost(
    'main',
    `virsh -q list --all --name | grep ${deployment} || true
ovs-vsctl --bare --columns=name find Interface | grep -E 'carry|carriers|ka-' || true
ls -d /run/netns/kc-${deployment} ${carrierFolder} 2>/dev/null || true
ovn-nbctl show | grep ${deployment} || true
ip -o link | grep -E 'vm-carry|ka-carriers|ka-next' || true
ls -A /run/kvm-compose | grep -vE 'exec|boot' || true`,
  );
}
