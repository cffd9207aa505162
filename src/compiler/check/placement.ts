import { didYouMean } from '../../model/similar.ts';
import type { CompileContext } from '../compile-context.ts';
import { unknownHost } from './unknown.ts';

/** Wishes about hosts: they name what exists, they can be granted, and hosts have room. */
export function checkPlacement(context: CompileContext): void {
  checkWishes(context);
  for (const name of context.unplaceable) {
    const instance = context.instances.find((each) => each.name === name)!;
    const constraint = instance.machine.placement;
    const message = `no host is right for \`${name}\``;
    context.findings.preflight(
      (constraint ?? instance.machine).at(),
      'placement-impossible',
      message,
      'its wishes leave none of them over',
    );
  }
  checkMemory(context);
}

function checkWishes(context: CompileContext): void {
  const { findings, machines } = context;
  const known = new Set([...machines.keys(), ...context.instances.map(({ name }) => name)]);
  for (const { placement } of context.testbed.machines) {
    if (!placement) continue;
    const { at, host, avoid } = placement;
    if (host !== undefined) unknownHost(context, host, at('host'));
    for (const [index, name] of avoid.entries()) unknownHost(context, name, at('avoid', index));
    for (const key of ['together_with', 'apart_from'] as const) {
      for (const [index, name] of placement[key].entries()) {
        if (known.has(name)) continue;
        findings.error(at(key, index), 'unknown-machine', `there is no machine \`${name}\``, didYouMean(name, known));
      }
    }
  }
}

function checkMemory({ facts, findings, guests, testbed }: CompileContext): void {
  const wanted = new Map<string, number>();
  for (const { host, machine } of guests) {
    wanted.set(host.name, (wanted.get(host.name) ?? 0) + (machine.libvirt?.memory_mb ?? 0));
  }
  for (const [host, memory] of wanted) {
    const there = facts.hosts.get(host)?.memoryMiB;
    if (there === undefined || memory <= there) continue;
    const message = `guests on host \`${host}\` want ${memory} MiB of memory; it has ${there}`;
    findings.preflight(testbed.at('machines'), 'host-memory', message, 'add a host, or give guests less');
  }
}
