import { type FileHandle, open } from 'node:fs/promises';
import { Failure } from '../../model/failure.ts';
import { isErrno } from '../store/atomic-file.ts';

const foreign: readonly (readonly [string, string])[] = [
  ['KDMV', 'VMDK'],
  ['# Disk Des', 'VMDK'],
  ['vhdxfile', 'VHDX'],
  ['conectix', 'VHD'],
  ['QED\0', 'QED'],
  ['<<< Oracle', 'VDI'],
  ['\u001f\u008b', 'gzip'],
  ['\u00fd7zXZ', 'xz'],
  ['BZh', 'bzip2'],
  ['(\u00b5/\u00fd', 'zstd'],
];

/** The format of an image by its first bytes; undefined when there is no such file. */
export async function probeFormat(path: string): Promise<'qcow2' | 'raw' | undefined> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return formatOf(buffer.subarray(0, bytesRead), path);
  } catch (cause) {
    if (isErrno(cause, 'ENOENT', 'ENOTDIR')) return undefined;
    if (cause instanceof Failure) throw cause;
    throw unreadable(path, `cannot be read: ${(cause as Error).message}`, "check the file's rights", cause);
  } finally {
    await file?.close();
  }
}

function formatOf(head: Buffer, path: string): 'qcow2' | 'raw' {
  if (head.length === 0) throw unreadable(path, 'is empty', 'give a disk image');
  const text = head.toString('latin1');
  const other = foreign.find(([magic]) => text.startsWith(magic));
  if (other) {
    throw unreadable(path, `is ${other[1]}`, 'unpack or convert it: qemu-img convert -O qcow2 IMAGE NEW.qcow2');
  }
  if (!text.startsWith('QFI\u00fb')) return 'raw';
  const backed = head.length >= 16 && head.readBigUInt64BE(8) !== 0n;
  if (!backed) return 'qcow2';
  // Pushed to a host alone it would lie there without the half it is built on.
  throw unreadable(
    path,
    'needs another image as its backing file',
    'make it whole: qemu-img convert -O qcow2 IMAGE NEW.qcow2',
  );
}

/** The failure of an image that is not what it should be. */
export function unreadable(path: string, why: string, hint: string, cause?: unknown): Failure {
  const message = `disk image ${path} ${why}`;
  return new Failure({ code: 'image-unreadable', class: 'permanent', message, object: path, hint }, { cause });
}
