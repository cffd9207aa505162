import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a server answers to one path. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A publisher of images: a real server that speaks TLS, with a certificate of its own. */
export interface ImageServer {
  readonly url: string;
  /** The certificate, to be trusted. */
  readonly ca: string;
  /** What was asked for, in order. */
  readonly asked: string[];
  /** What it answers, by path; a text or bytes are sent as they are. */
  readonly answers: Map<string, Answer | Buffer | string>;
  /** Waits until it was asked for this path. */
  askedFor(path: string): Promise<void>;
  close(): void;
}

/** A new certificate for this machine and its key. */
function certificate(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'kc-tls-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const made = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  rmSync(folder, { recursive: true });
  return made;
}

/** Starts one. What it has no answer for is not found. */
export async function imageServer(): Promise<ImageServer> {
  const { cert, key } = certificate();
  const asked: string[] = [];
  const answers: ImageServer['answers'] = new Map();
  const listeners = new Set<() => void>();
  const answer: RequestListener = (request, response) => {
    const path = request.url!;
    asked.push(path);
    listeners.forEach((look) => look());
    const found = answers.get(path);
    if (found === undefined) response.writeHead(404).end();
    else if (typeof found === 'function') found(request, response);
    else response.end(found);
  };
  const server = createServer({ cert, key }, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: cert,
    asked,
    answers,
    askedFor: (path) =>
      new Promise((resolve) => {
        const look = (): void => void (asked.includes(path) && (listeners.delete(look), resolve()));
        listeners.add(look);
        look();
      }),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
