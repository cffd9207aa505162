import { repeated } from '../findings.ts';
import type { Scene } from '../scene.ts';
import { unknownSwitch } from './unknown.ts';

/** Machines: there are some, each has its own name, and their switches exist. */
export function checkMachines(scene: Scene): void {
  const { findings, testbed } = scene;
  const { machines } = testbed;
  if (machines.length === 0) findings.warning(testbed.at('machines'), 'no-machines', 'the project has no machines');
  for (const { again, first } of repeated(machines, ({ name }) => name)) {
    const { line } = first.at('name');
    findings.error(
      again.at('name'),
      'duplicate-machine',
      `there are two machines \`${again.name}\``,
      `the first is on line ${line}`,
    );
  }
  for (const machine of machines) {
    for (const each of machine.network) unknownSwitch(scene, each.switch, each.at('switch'));
    // A PCI bus per interface: libvirt numbers them with one digit here as in the original.
    if (machine.network.length > 10) {
      const message = `machine \`${machine.name}\` has ${machine.network.length} interfaces; 10 is the most`;
      findings.error(machine.network[10]!.at(), 'too-many-interfaces', message);
    }
    if (machine.network.length === 0) {
      findings.warning(machine.at(), 'no-network', `machine \`${machine.name}\` has no network: nobody can reach it`);
    }
  }
}
