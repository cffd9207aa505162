import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Payload, type PayloadCodec, ValueError } from '@temporalio/common';
import { unsignedInput } from '../model/unsigned.ts';

/** Where the signature lies: beside the data, so that Temporal's UI and CLI still show readable JSON. */
const signatureKey = 'kvm-compose-mac';

/**
 * What becomes of a payload that is not ours. `refuse`: decoding throws, the default, so that nobody forgets. `mark`: it turns
 * into `unsignedInput`, which is right for workers, where a throw would be tried again for ever instead of failing
 * the run; the workflow interceptor refuses what is marked.
 */
export type UnsignedPolicy = 'refuse' | 'mark';

/** Signs every payload, because whoever reaches a development server on loopback may start, signal and answer. */
export function createSigningCodec(key: Buffer, unsigned: UnsignedPolicy = 'refuse'): PayloadCodec {
  const sign = ({ metadata, data }: Payload): Buffer => {
    const encoding = bytesOf(metadata?.['encoding']);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(encoding.length);
    // The length keeps a byte from changing sides between encoding and data.
    return createHmac('sha256', key).update(length).update(encoding).update(bytesOf(data)).digest();
  };
  const check = (payload: Payload): Payload => {
    const { [signatureKey]: signature, ...metadata } = payload.metadata ?? {};
    const right = sign(payload);
    if (signature?.length === right.length && timingSafeEqual(signature, right)) return { ...payload, metadata };
    if (unsigned === 'refuse') throw new UnsignedInput();
    return marked();
  };
  return {
    encode: async (payloads) =>
      payloads.map((payload) => ({ ...payload, metadata: { ...payload.metadata, [signatureKey]: sign(payload) } })),
    decode: async (payloads) => payloads.map(check),
  };
}

/** A payload without a valid signature. */
class UnsignedInput extends ValueError {
  override readonly name = 'UnsignedInput';
  readonly code = 'unsigned-input';

  constructor() {
    super('unsigned-input: a payload without a valid signature was refused');
  }
}

function marked(): Payload {
  return { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(unsignedInput)) };
}

/** Inside an activation protobufjs gives an empty bytes field, such as the data of `null`, as a plain empty array. */
function bytesOf(field: Uint8Array | null | undefined): Uint8Array {
  return field instanceof Uint8Array ? field : new Uint8Array();
}
