import type { Machine } from '../../model/testbed.ts';
import { repeated } from '../findings.ts';
import type { CompileContext } from '../compile-context.ts';
import { scalingOf } from '../instances.ts';
import { unknownSwitch } from './unknown.ts';

/** libvirt numbers the PCI buses of interfaces with one digit here, as the original does. */
const mostInterfaces = 10;

/** Machines: there are some, each has its own name, and what they name exists. */
export function checkMachines(context: CompileContext): void {
  const { findings, testbed } = context;
  const { machines } = testbed;
  if (machines.length === 0) findings.warning(testbed.at('machines'), 'no-machines', 'the project has no machines');
  checkNames(context);
  for (const machine of machines) {
    if (!scalingOf(machine)) for (const each of machine.network) unknownSwitch(context, each.switch, each.at('switch'));
    checkInterfaces(context, machine);
    checkFiles(context, machine);
  }
}

/** Clones count: `web-0` may be a clone of `web` and a machine of its own. */
function checkNames({ findings, testbed, instances }: CompileContext): void {
  for (const { again, first } of repeated(testbed.machines, ({ name }) => name)) {
    const hint = `the first is on line ${first.at('name').line}`;
    findings.error(again.at('name'), 'duplicate-machine', `there are two machines \`${again.name}\``, hint);
  }
  for (const { again, first, key } of repeated(instances, ({ name }) => name)) {
    if (again.machine.name === first.machine.name) continue;
    const hint = `a clone of \`${(again.clone === undefined ? first : again).machine.name}\` is called so`;
    findings.error(again.machine.at('name'), 'duplicate-machine', `there are two machines \`${key}\``, hint);
  }
}

function checkInterfaces({ findings, instances }: CompileContext, machine: Machine): void {
  const { name, network } = machine;
  const scaling = scalingOf(machine);
  if (scaling && network.length > 0) {
    const hint = 'the clones have their interfaces under `scaling`';
    findings.warning(
      machine.at('network'),
      'network-ignored',
      `\`network\` of the scaled machine \`${name}\` is ignored`,
      hint,
    );
  }
  if (scaling) return;
  if (network.length > mostInterfaces) {
    const message = `machine \`${name}\` has ${network.length} interfaces; ${mostInterfaces} is the most`;
    findings.error(network[mostInterfaces]!.at(), 'too-many-interfaces', message);
  }
  if (network.length === 0 && instances.some((instance) => instance.machine === machine)) {
    findings.warning(machine.at(), 'no-network', `machine \`${name}\` has no network: nobody can reach it`);
  }
  if (!machine.libvirt && network.length > 1) {
    const what = machine.docker ? 'a container' : 'an emulator';
    findings.warning(
      network[1]!.at(),
      'interface-ignored',
      `${what} has one interface; this one of \`${name}\` is ignored`,
    );
  }
}

function checkFiles({ facts, findings }: CompileContext, { docker, libvirt }: Machine): void {
  const iso = libvirt?.libvirt_type.iso_guest;
  if (iso && facts.images.has(iso.path) && !facts.images.get(iso.path)) {
    findings.preflight(iso.at('path'), 'disk-missing', `there is no readable disk \`${iso.path}\``);
  }
  const file = docker?.env_file;
  if (file !== undefined && facts.files.has(file) && !facts.files.get(file)) {
    findings.preflight(docker!.at('env_file'), 'file-missing', `there is no readable file \`${file}\``);
  }
}
