import { artefactPath } from '../model/artefacts.ts';
import type { Accelerator } from '../model/host.ts';
import type { Domain, DomainDisk, GuestReady, LaterResource, Reach, Resource, Script } from '../model/resources.ts';
import { reachOf } from './access.ts';
import { standIn } from './facts.ts';
import { afterOf } from './dependencies.ts';
import { compileDisk } from './disks.ts';
import type { LibvirtGuest, CompileContext } from './compile-context.ts';
import { compileSeed, defaultUser } from './seed.ts';
import type { ScriptSource } from './instances.ts';

/** A guest is given up after this long without any progress of its own; the requirement says two minutes. */
const noProgressSeconds = 120;

/** Everything one guest is made of, from its disk to its scripts. */
export function compileLibvirt(context: CompileContext, guest: LibvirtGuest): Resource[] {
  return guest.libvirt.libvirt_type.iso_guest ? compileIso(context, guest) : compileFromImage(context, guest);
}

function compileFromImage(context: CompileContext, guest: LibvirtGuest): Resource[] {
  const { libvirt } = guest;
  const { push, disk } = compileDisk(context, guest);
  const seed = compileSeed(context, guest);
  const known = seed !== undefined;
  const reach = reachOf(context, guest, libvirt.username ?? defaultUser, { key: known, hostKey: known });
  const disks: DomainDisk[] = [
    { path: disk.path, format: 'qcow2', readonly: libvirt.libvirt_type.existing_disk?.readonly ?? false },
    ...(seed ? [{ path: seed.path, format: 'raw', readonly: true } as const] : []),
  ];
  const domain = domainOf(context, guest, disks);
  const until = reach.routes.length === 0 ? 'running' : known ? 'ssh' : 'banner';
  return [
    push,
    disk,
    ...(seed ? [seed] : []),
    domain,
    readyOf(context, guest, domain, reach, until),
    ...(known && reach.routes.length > 0 ? scriptsOf(context, guest, reach, disk.path) : []),
  ];
}

/** Boots from the image, onto an empty disk; what makes empty disks comes later. */
function compileIso(context: CompileContext, guest: LibvirtGuest): Resource[] {
  const { names } = context;
  const iso = guest.libvirt.libvirt_type.iso_guest!;
  const host = guest.host.name;
  const disks: DomainDisk[] = [
    { path: names.path('disks', `${guest.name}.qcow2`), format: 'qcow2', readonly: false },
    { path: names.path('images', `${guest.name}.iso`), format: 'raw', readonly: true },
  ];
  const image: LaterResource = {
    kind: 'image',
    name: names.own(guest.name),
    host,
    guest: guest.name,
    needs: [`folder:${names.folder(host)}`],
    settings: { path: iso.path, emptyDiskGiB: String(iso.expand_gigabytes ?? 20) },
  };
  const domain = domainOf(context, guest, disks);
  const reach = reachOf(context, guest, guest.libvirt.username ?? defaultUser, { key: false, hostKey: false });
  return [image, domain, readyOf(context, guest, domain, reach, 'running')];
}

function domainOf({ facts, mtu, names }: CompileContext, guest: LibvirtGuest, disks: readonly DomainDisk[]): Domain {
  const { host, libvirt, name } = guest;
  const xml = facts.edited?.get(artefactPath(name, 'domain.xml'));
  return {
    kind: 'libvirt.domain',
    name: names.own(name),
    host: host.name,
    guest: name,
    cpus: libvirt.cpus,
    memoryMiB: libvirt.memory_mb,
    accelerator: acceleratorOf(host.accelerator, facts.hosts.get(host.name)?.accelerator),
    disks,
    interfaces: guest.interfaces.map(({ mac, port, tap }) => ({ mac, port, tap, mtu })),
    consoleLog: names.path('console', `${name}.log`),
    running: true,
    ...(xml === undefined ? {} : { xml }),
  };
}

/** The hosts file decides; where it leaves it to the host, the host decides; unasked, most have KVM. */
function acceleratorOf(wanted: 'auto' | Accelerator, found: Accelerator | undefined): Accelerator {
  return wanted === 'auto' ? (found ?? 'kvm') : wanted;
}

function readyOf(
  context: CompileContext,
  guest: LibvirtGuest,
  domain: Domain,
  reach: Reach,
  until: GuestReady['until'],
): GuestReady {
  const { name, host, consoleLog } = domain;
  return {
    kind: 'guest.ready',
    name,
    host,
    guest: guest.name,
    domain: name,
    reach,
    until,
    noProgressSeconds,
    consoleLog,
    ...afterOf(context, guest),
  };
}

function scriptsOf(context: CompileContext, guest: LibvirtGuest, reach: Reach, disk: string): Script[] {
  const { names, facts, findings } = context;
  const script = (source: ScriptSource | undefined, when: Script['when']): Script[] => {
    if (!source) return [];
    const { path, at } = source;
    if (facts.files.has(path) && !facts.files.get(path)) {
      findings.preflight(at, 'script-missing', `there is no readable file \`${path}\``);
    }
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
  return [...script(guest.setup, 'once'), ...script(guest.run, 'every-up')];
}
