import { type DomainMetadata, domainNameElement, escapeXml, identifyDomain } from '../../model/domain-metadata.ts';
import type { OwnerLabel } from '../../model/owner-label.ts';
import type { Domain, DomainDisk, DomainInterface } from '../../model/resources.ts';

/**
 * Userspace datapaths read taps through raw sockets and hand a half-computed checksum on: TCP then fails while ping
 * works. So guests compute everything themselves.
 */
const noOffloads =
  "<driver name='qemu'>" +
  "<host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off'/>" +
  "<guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/>" +
  '</driver>';

/**
 * Everything the emulated processor can do but for what makes guests slow: five-level paging, and `rep movsb`, which is
 * emulated byte by byte and which kernels copy and clear memory with where it is said to be fast. A boot takes a tenth
 * less without these two.
 */
const slowWhenEmulated = ['la57', 'erms', 'fsrm'];
const emulatedCpu = `<cpu mode='maximum'>${slowWhenEmulated.map((name) => `<feature policy='disable' name='${name}'/>`).join('')}</cpu>`;
const hostCpu = "<cpu mode='host-passthrough'/>";

/** The domain's complete XML: the user's where that was edited, else generated; with our identity in either case. */
export function domainXml(domain: Domain, label: OwnerLabel, uuid: string): string {
  const { name, xml } = domain;
  return identifyDomain(xml?.text ?? generatedXml(domain), name, uuid, metadataOf(domain, label));
}

/** What a domain carries about itself. */
export function metadataOf({ guest, xml, asked }: Domain, label: OwnerLabel): DomainMetadata {
  return {
    mark: label,
    ...(guest === undefined ? {} : { guest }),
    ...(xml === undefined ? {} : { edited: xml.sha256 }),
    ...(asked === undefined ? {} : { asked }),
  };
}

/** One element per line, so that two of them can be compared by eye. */
function generatedXml(domain: Domain): string {
  return [
    `<domain type='${domain.accelerator}'>`,
    `  ${domainNameElement(domain.name)}`,
    `  <memory unit='MiB'>${domain.memoryMiB}</memory>`,
    `  <vcpu>${domain.cpus}</vcpu>`,
    "  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/></os>",
    '  <features><acpi/></features>',
    `  ${domain.accelerator === 'kvm' ? hostCpu : emulatedCpu}`,
    "  <clock offset='utc'/>",
    // A guest that powers off stays off and is seen as such; one that reboots goes on.
    '  <on_poweroff>destroy</on_poweroff>',
    '  <on_reboot>restart</on_reboot>',
    '  <on_crash>destroy</on_crash>',
    '  <devices>',
    ...domain.disks.map((disk, index) => `    ${diskXml(disk, index)}`),
    ...domain.interfaces.map((each) => `    ${interfaceXml(each)}`),
    ...fixedDevices(domain).map((device) => `    ${device}`),
    '  </devices>',
    '</domain>',
    '',
  ].join('\n');
}

/** The seed too is a virtio disk: cloud kernels have no driver for an emulated CD-ROM drive. */
function diskXml(disk: DomainDisk, index: number): string {
  return (
    "<disk type='file' device='disk'>" +
    `<driver name='qemu' type='${disk.format}'${disk.readonly ? '' : " discard='unmap'"}/>` +
    `<source file='${escapeXml(disk.path)}'/>` +
    `<target dev='${targetName(index)}' bus='virtio'/>` +
    `${disk.readonly ? '<readonly/>' : ''}</disk>`
  );
}

function targetName(index: number): string {
  const last = String.fromCharCode(97 + (index % 26));
  return index < 26 ? `vd${last}` : `vd${String.fromCharCode(96 + Math.floor(index / 26))}${last}`;
}

/**
 * libvirt makes the tap and knows nothing of the bridge: the carrier adds it under its logical port before the guest
 * runs. A bridge that libvirt knew would be one it plugs taps into again whenever it starts, under names of its own.
 */
function interfaceXml(each: DomainInterface): string {
  return (
    "<interface type='ethernet'>" +
    `<mac address='${each.mac}'/><target dev='${escapeXml(each.tap)}'/><model type='virtio'/>` +
    // Guests boot from their disks: a boot program of the card would only be run and waited for.
    `<mtu size='${each.mtu}'/><rom enabled='no'/>${noOffloads}</interface>`
  );
}

/** Entropy (a guest without it boots a second later), the serial console with its log, the guest agent's channel. */
function fixedDevices(domain: Domain): string[] {
  return [
    "<controller type='usb' model='none'/>",
    "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
    `<serial type='pty'><log file='${escapeXml(domain.consoleLog)}' append='on'/><target port='0'/></serial>`,
    "<console type='pty'><target type='serial' port='0'/></console>",
    "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>",
  ];
}
