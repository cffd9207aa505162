import type { Position } from '../model/diagnostic.ts';
import type { Accelerator } from '../model/host.ts';
import type { Domain, DomainDisk, GuestReady, Reach, Resource, Script } from '../model/resources.ts';
import { reachOf } from './access.ts';
import { standIn } from './facts.ts';
import { compileDisk } from './images.ts';
import type { Guest, Scene } from './scene.ts';
import { compileSeed, defaultUser } from './seed.ts';

/** A guest is given up after this long without any progress of its own; the requirement says two minutes. */
const noProgressSeconds = 120;

/** Everything one guest is made of, from its disk to its scripts. */
export function compileGuest(scene: Scene, guest: Guest): Resource[] {
  const { push, disk } = compileDisk(scene, guest);
  const seed = compileSeed(scene, guest);
  const { libvirt } = guest.machine;
  const reach = reachOf(scene, guest, libvirt.username ?? defaultUser, {
    key: seed !== undefined,
    hostKey: seed !== undefined,
  });
  const disks: DomainDisk[] = [
    { path: disk.path, format: 'qcow2', readonly: libvirt.libvirt_type.existing_disk?.readonly ?? false },
    ...(seed ? [{ path: seed.path, format: 'raw', readonly: true } as const] : []),
  ];
  const domain = domainOf(scene, guest, disks);
  return [
    push,
    disk,
    ...(seed ? [seed] : []),
    domain,
    readyOf(scene, guest, reach, domain.consoleLog),
    ...scriptsOf(scene, guest, reach, disk.path),
  ];
}

function domainOf({ facts, mtu, names }: Scene, guest: Guest, disks: readonly DomainDisk[]): Domain {
  const { host, machine, name } = guest;
  return {
    kind: 'libvirt.domain',
    name: names.own(name),
    host: host.name,
    guest: name,
    cpus: machine.libvirt.cpus,
    memoryMiB: machine.libvirt.memory_mb,
    accelerator: acceleratorOf(host.accelerator, facts.hosts.get(host.name)?.accelerator),
    disks,
    interfaces: guest.interfaces.map(({ mac, port, tap }) => ({ mac, port, tap, mtu })),
    consoleLog: names.path('console', `${name}.log`),
    running: true,
  };
}

/** The hosts file decides; where it leaves it to the host, the host decides; unasked, most have KVM. */
function acceleratorOf(wanted: 'auto' | Accelerator, found: Accelerator | undefined): Accelerator {
  return wanted === 'auto' ? (found ?? 'kvm') : wanted;
}

function readyOf({ names }: Scene, guest: Guest, reach: Reach, consoleLog: string): GuestReady {
  const until = reach.routes.length === 0 ? 'running' : reach.keySecret === undefined ? 'banner' : 'ssh';
  const name = names.own(guest.name);
  return {
    kind: 'guest.ready',
    name,
    host: guest.host.name,
    guest: guest.name,
    domain: name,
    reach,
    until,
    noProgressSeconds,
    consoleLog,
  };
}

function scriptsOf(scene: Scene, guest: Guest, reach: Reach, disk: string): Script[] {
  const image = guest.machine.libvirt.libvirt_type.cloud_image;
  const script = (path: string | undefined, at: Position | undefined, when: Script['when']): Script[] => {
    if (path === undefined) return [];
    const { names, facts, findings } = scene;
    if (facts.files.has(path) && !facts.files.get(path))
      findings.preflight(at, 'script-missing', `there is no readable file \`${path}\``);
    return [
      {
        kind: 'script',
        name: names.own(`${guest.name}-${when === 'once' ? 'setup' : 'run'}`),
        host: guest.host.name,
        guest: guest.name,
        domain: names.own(guest.name),
        reach,
        disk,
        file: path.split('/').at(-1)!,
        script: facts.files.get(path) ?? standIn(path),
        when,
      },
    ];
  };
  return [
    ...script(image?.setup_script, image?.at('setup_script'), 'once'),
    ...script(image?.run_script, image?.at('run_script'), 'every-up'),
  ];
}
