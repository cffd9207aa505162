import { didYouMean } from '../../model/similar.ts';
import type { Scene } from '../scene.ts';
import { unknownHost } from './unknown.ts';

/** Wishes about hosts: they name what exists, they can be granted, and hosts have room. */
export function checkPlacement(scene: Scene): void {
  checkWishes(scene);
  for (const name of scene.homeless) {
    const unit = scene.units.find((each) => each.name === name)!;
    const wish = unit.machine.placement;
    const message = `no host is right for \`${name}\``;
    scene.findings.preflight(
      (wish ?? unit.machine).at(),
      'placement-impossible',
      message,
      'its wishes leave none of them over',
    );
  }
  checkMemory(scene);
}

function checkWishes(scene: Scene): void {
  const { findings, machines } = scene;
  const known = new Set([...machines.keys(), ...scene.units.map(({ name }) => name)]);
  for (const { placement } of scene.testbed.machines) {
    if (!placement) continue;
    const { at, host, avoid } = placement;
    if (host !== undefined) unknownHost(scene, host, at('host'));
    for (const [index, name] of avoid.entries()) unknownHost(scene, name, at('avoid', index));
    for (const key of ['together_with', 'apart_from'] as const) {
      for (const [index, name] of placement[key].entries()) {
        if (known.has(name)) continue;
        findings.error(at(key, index), 'unknown-machine', `there is no machine \`${name}\``, didYouMean(name, known));
      }
    }
  }
}

function checkMemory({ facts, findings, guests, testbed }: Scene): void {
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
