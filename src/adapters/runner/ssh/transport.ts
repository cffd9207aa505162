import type { Duplex } from 'node:stream';

import type { Host } from '../../../model/host.ts';
import { elevated } from '../elevate.ts';
import { quoteArgv } from '../quote.ts';
import type { Channel, Transport } from '../transport.ts';
import { SshPool } from './pool.ts';

/** Commands on a host reached by SSH. */
export class SshTransport implements Transport {
  readonly #pool: SshPool;
  readonly #user: string;

  constructor(host: Host, idleMilliseconds: number) {
    this.#pool = new SshPool(host, idleMilliseconds);
    this.#user = host.user;
  }

  async exec(command: string, options: { readonly urgent?: boolean; readonly signal?: AbortSignal }): Promise<Channel> {
    const { channel, closed } = await this.#pool.exec(
      elevated(command, this.#user),
      options.urgent ?? false,
      options.signal,
    );
    let code: number | undefined;
    channel.once('exit', (exit: number | null) => {
      code = exit ?? undefined;
    });
    return {
      stdin: channel.stdin,
      stdout: channel,
      stderr: channel.stderr,
      closed: closed.then((why) => (why === undefined ? { code } : { code, why })),
      destroy: () => channel.close(),
    };
  }

  async open(argv: readonly string[], signal?: AbortSignal): Promise<Duplex> {
    const { channel, closed } = await this.#pool.exec(elevated(quoteArgv(argv), this.#user), false, signal);
    channel.stderr.resume();
    void closed.then(() => channel.destroy());
    return channel;
  }

  close(): void {
    this.#pool.close();
  }
}
