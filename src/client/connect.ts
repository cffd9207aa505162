import { Client, Connection } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { namespace, readNamespace } from './names.ts';

/** Where the Temporal server is, and how payloads are signed. */
export interface TemporalOptions {
  readonly address: string;
  readonly codec?: PayloadCodec;
  /** Shown in histories as who did it. */
  readonly identity: string;
  /** Gives up after this long; the connection then survives restarts of the server by itself. */
  readonly patienceMs: number;
}

/** gRPC's own defaults wait a second before the second try, and minutes after many. */
const channelArgs = {
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 1000,
};

/** One connection, seen from the namespace of runs and from that of reads. */
export interface TemporalClients {
  readonly runs: Client;
  readonly reads: Client;
}

/** Connects to the Temporal server; waits for one that is still starting. */
export async function connectTemporal(options: TemporalOptions): Promise<TemporalClients> {
  const { address, codec, identity, patienceMs } = options;
  const connection = await Connection.connect({ address, connectTimeout: `${patienceMs}ms`, channelArgs });
  const common = {
    connection,
    identity,
    ...(codec === undefined ? {} : { dataConverter: { payloadCodecs: [codec] } }),
  };
  return {
    runs: new Client({ ...common, namespace }),
    reads: new Client({ ...common, namespace: readNamespace }),
  };
}
