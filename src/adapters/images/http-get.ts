import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';

/** How files are fetched; the usual certificates and patience where nothing is said. */
export interface HttpOptions {
  /** Certificates to trust instead of the usual ones. */
  readonly ca?: string;
  /** How long a server may send nothing. */
  readonly silenceMs?: number;
}

/** What is asked for. */
interface Wanted {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Refuses every address on the way that is not https. */
  readonly onlyTls?: boolean;
}

const mostRedirects = 5;
const usualSilenceMs = 60_000;

/** Asks for an address, goes where it is sent, and answers with what came; the body is the caller's to read. */
export async function httpGet(url: string, wanted: Wanted, options: HttpOptions = {}): Promise<IncomingMessage> {
  let at = new URL(url);
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    if (wanted.onlyTls && at.protocol !== 'https:') throw new Error(`it leads to ${at.href}, which is not https`);
    const response = await ask(at, wanted, options);
    const { statusCode = 0, headers } = response;
    if (![301, 302, 303, 307, 308].includes(statusCode) || headers.location === undefined) return response;
    response.destroy();
    at = new URL(headers.location, at);
    if (!/^https?:$/.test(at.protocol)) throw new Error(`it leads to ${at.href}`);
  }
  throw new Error(`it leads on and on, more than ${mostRedirects} times`);
}

function ask(url: URL, { headers = {}, signal }: Wanted, { ca, silenceMs }: HttpOptions): Promise<IncomingMessage> {
  const silence = silenceMs ?? usualSilenceMs;
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, {
      headers: { ...headers, 'user-agent': 'kvm-compose' },
      // A connection of its own: one that is kept open would keep the program.
      agent: false,
      timeout: silence,
      ...(signal === undefined ? {} : { signal }),
      ...(ca === undefined ? {} : { ca }),
    });
    let answer: IncomingMessage | undefined;
    // The limit holds for the body too: it is the socket's.
    request.once('timeout', () => (answer ?? request).destroy(new Error(`nothing came for ${silence / 1000} s`)));
    request.once('response', (response) => resolve((answer = response)));
    request.on('error', reject);
    request.end();
  });
}
