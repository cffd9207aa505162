import type { Dial, Socket } from '../../gateway/protocol/socket.ts';
import { Failure } from '../../model/failure.ts';
import { runningServer } from '../../server/control.ts';
import { readToken } from '../../server/home.ts';
import type { ServerSettings } from '../../server/settings.ts';

/** A gateway that is stopped or hangs takes connections and never answers. */
const handshakeMs = 10_000;

/** Opens sockets to the gateway of this machine's server. */
export function createDial({ home, port: wanted }: ServerSettings): Dial {
  return async () => {
    const token = readToken(home);
    const port = runningServer(home)?.port ?? wanted;
    if (token === undefined) throw noServer(`there is no server in ${home}`);
    const { WebSocket } = await import('ws');
    const ws = new WebSocket(`ws://127.0.0.1:${port}/ws`, {
      perMessageDeflate: false,
      handshakeTimeout: handshakeMs,
    });
    await new Promise<void>((resolve, reject) => {
      ws.once('open', () => resolve());
      ws.once('error', (error) => reject(noServer(`the gateway on port ${port} does not answer: ${error.message}`)));
    });
    const socket: Socket = {
      send: (text) => ws.send(text),
      close: () => ws.close(),
      onText: (listener) => ws.on('message', (data: Buffer) => listener(data.toString())),
      onClose: (listener) => ws.once('close', (code, reason) => listener(reason.toString(), code)),
    };
    ws.on('error', () => ws.terminate());
    return { socket, token };
  };
}

function noServer(message: string): Failure {
  const hint = 'start it with kvm-compose server start';
  return new Failure({ code: 'no-server', class: 'transient', message, hint });
}
