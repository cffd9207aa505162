/** One open text connection. Real ones are `ws` sockets, handed in where a program is composed. */
export interface Socket {
  send(text: string): void;
  close(): void;
  onText(listener: (text: string) => void): void;
  /** Called once, also when the other side vanished. The code is WebSocket's. */
  onClose(listener: (reason: string, code: number) => void): void;
}

/** Opens a connection to the gateway, with the token to show; throws when nobody answers. */
export type Dial = () => Promise<{ readonly socket: Socket; readonly token: string }>;
