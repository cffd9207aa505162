import { readFileSync } from 'node:fs';

import { inject } from 'vitest';

import type { Host } from '../../src/model/host.ts';
import type { RunContext } from '../../src/ports/carrier.ts';
import type { RunEvent } from '../../src/ports/events.ts';
import { parseInventory } from '../../src/spec/inventory.ts';

/** A virtual host of this test run, as the product reaches it. */
export function realHost(name: string): Host {
  const file = inject('hostsFile');
  const { inventory, diagnostics } = parseInventory(readFileSync(file, 'utf8'), file);
  const host = inventory?.hosts.find((each) => each.name === name);
  if (!host) throw new Error(`no host ${name} in ${file}: ${JSON.stringify(diagnostics)}`);
  return host;
}

/** What a carrier is given, and what it said. */
export function realContext(key: string, deployment: string) {
  const events: Omit<RunEvent, 'at' | 'source'>[] = [];
  const controller = new AbortController();
  const context: RunContext = {
    deployment,
    installation: '01234567',
    key,
    verb: 'do',
    attempt: 1,
    signal: controller.signal,
    cancelRequested: () => controller.signal.aborted,
    emit: (event) => void events.push(event),
    progress: () => undefined,
  };
  return { context, events, controller };
}
