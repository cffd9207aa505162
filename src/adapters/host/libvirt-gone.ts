const words = /End of file while reading|Disconnected from|Failed to connect|Cannot recv data|Connection reset/i;

/** True for the words of a libvirt that died while it was at work; the next one finds what it did. */
export function isLibvirtGone(text: string): boolean {
  return words.test(text);
}
