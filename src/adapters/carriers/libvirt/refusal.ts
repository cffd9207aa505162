import type { FailureData } from '../../../model/failure.ts';
import type { LibvirtOp } from '../../../model/transport/libvirt.ts';
import { isLibvirtGone } from '../../host/libvirt-gone.ts';
import { itemCodes } from '../items.ts';

/** The domain an operation is about. */
export function nameOf(op: LibvirtOp): string {
  return op.do === 'ensure' ? op.domain.name : op.name;
}

/** What libvirt meant by refusing to do something, and whether asking again may help. */
export function refusalOf(host: string, op: LibvirtOp, code: number, text: string): FailureData {
  const object = nameOf(op);
  const about = { object, host, stderr: text };
  if (code === itemCodes.taken) return { code: 'name-taken', class: 'permanent', message: text, ...about };
  const said = text.replaceAll(/error:\s*/g, '').trim();
  if (/Permission denied|Could not open/.test(text)) {
    const hint = 'QEMU’s user must be able to pass through every folder on the way to the disk';
    return {
      code: 'disk-unreadable',
      class: 'permanent',
      message: `QEMU cannot read a disk of ${object}: ${said}`,
      hint,
      ...about,
    };
  }
  const what = op.do === 'ensure' ? 'start' : op.do;
  return {
    code: 'libvirt-refused',
    class: isLibvirtGone(text) ? 'transient' : 'permanent',
    message: `libvirt refused to ${what} ${object}: ${said}`,
    ...about,
  };
}
