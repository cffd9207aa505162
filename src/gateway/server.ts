import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { Failure } from '../model/failure.ts';
import { createOutbox, type OutboxLimits } from './outbox.ts';
import { stoppingReason } from './protocol/frames.ts';
import { largestMessage } from './protocol/message-size.ts';
import { createSession, type GatewayParts } from './session.ts';

/** Where the gateway listens; loopback, unless somebody knows better. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly limits?: OutboxLimits;
}

/** A listening gateway. */
export interface Gateway {
  readonly port: number;
  /** How many are connected. */
  readonly clients: number;
  close(): Promise<void>;
}

const defaultLimits: OutboxLimits = { bytes: 1024 * 1024, patienceMs: 5000 };
const pingEveryMs = 15_000;
/** In the numbers of WebSocket. */
const goingAway = 1001;
const goodbyeMs = 50;

/** Listens for clients. Throws Failure `port-taken`. */
export async function startGateway(parts: GatewayParts, options: ListenOptions): Promise<Gateway> {
  const http = createServer((request, response) => answerHttp(parts, request, response));
  const sockets = new WebSocketServer({ noServer: true, maxPayload: largestMessage });
  http.on('upgrade', (request, socket, head) => {
    if (request.url !== '/ws' || !isLocal(request)) {
      // Node no longer listens on this socket: an error nobody hears would end the gateway, one nobody ends stays open.
      socket.on('error', () => socket.destroy());
      socket.once('finish', () => socket.destroy());
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (ws) => serve(parts, ws, options.limits ?? defaultLimits));
  });
  await listen(http, options);
  const address = http.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    get clients() {
      return sockets.clients.size;
    },
    close: async () => {
      for (const each of sockets.clients) each.close(goingAway, stoppingReason);
      await setTimeout(goodbyeMs);
      for (const each of sockets.clients) each.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function listen(http: ReturnType<typeof createServer>, { host, port }: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const hint = 'stop what holds it, or choose another with KVM_COMPOSE_PORT';
      const data = {
        code: 'port-taken',
        class: 'permanent',
        message: `port ${port} on ${host} is taken`,
        hint,
      } as const;
      reject(error.code === 'EADDRINUSE' ? new Failure(data, { cause: error }) : error);
    });
    http.listen(port, host, () => resolve());
  });
}

const localNames = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** A page of some other site must not steer this server: not from its own origin, not through a name that points here. */
function isLocal(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (host === undefined || !localNames.test(host)) return false;
  return origin === undefined || origin === `http://${host}`;
}

function answerHttp(parts: GatewayParts, request: IncomingMessage, response: ServerResponse): void {
  const known = request.method === 'GET' && request.url === '/health';
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
  response.end(
    `${JSON.stringify(known ? { status: 'ok', server: parts.version, pid: process.pid } : { error: 'not found' })}\n`,
  );
}

function serve(parts: GatewayParts, ws: WebSocket, limits: OutboxLimits): void {
  const outbox = createOutbox(ws, limits);
  const session = createSession(parts, outbox, (reason) => ws.close(1008, reason));
  let alive = true;
  const pinging = setInterval(() => {
    if (!alive) return ws.terminate();
    alive = false;
    ws.ping();
  }, pingEveryMs);
  ws.on('pong', () => (alive = true));
  ws.on('message', (data, isBinary) => {
    if (isBinary) ws.close(1003, 'frames are text');
    // oxlint-disable-next-line typescript/no-base-to-string -- text messages arrive as one Buffer
    else session.take(data.toString());
  });
  ws.on('error', () => ws.terminate());
  ws.on('close', () => {
    clearInterval(pinging);
    session.end();
  });
}
