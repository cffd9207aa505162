import type { Reach } from './resources.ts';

/** socat's address of a guest's SSH server, by one of its routes; networks may overlap, so the link always counts. */
export function guestSocket({ link, address }: Pick<Reach['routes'][number], 'link' | 'address'>): string {
  return address.includes(':') ? `TCP6:[${address}%${link}]:22` : `TCP4:${address}:22,so-bindtodevice=${link}`;
}
