import { Failure } from '../../../model/failure.ts';
import type { Host } from '../../../model/host.ts';
import type { Runner } from '../../../ports/runner.ts';
import type { OvsdbOperation, OvsdbResult } from '../../host/ovsdb.ts';

/** Where OVN's northbound database listens on the main host. */
const northboundSocket = 'unix:/run/ovn/ovnnb_db.sock';

/** Linux takes at most 128 KiB as one argument, and ovsdb-client takes a transaction only so. */
export const mostTransactionBytes = 120_000;

const script = `
while read -r bytes; do
  transaction=$(head -c "$bytes"; echo .)
  ovsdb-client --timeout=30 transact ${northboundSocket} "\${transaction%.}" || exit
done
`;

/** Sends transactions to the northbound database, each atomic by itself, in one execution. */
export async function transact(
  runner: Runner,
  host: Host,
  transactions: readonly (readonly OvsdbOperation[])[],
  how: { readonly key: string; readonly signal?: AbortSignal },
): Promise<OvsdbResult[][]> {
  const parts = transactions.map((operations) => Buffer.from(transactionText(operations)));
  const data = Buffer.concat(parts.flatMap((part) => [Buffer.from(`${part.length}\n`), part]));
  const { code, stdout, stderr } = await runner.run(host, { ...how, limit: 'rows', script, data });
  const answers = stdout.split('\n').filter((line) => line !== '');
  if (code !== 0 || answers.length !== transactions.length) {
    throw new Failure({
      code: 'ovn-refused',
      class: 'transient',
      message: `the OVN northbound database on ${host.name} does not answer: ${stderr.trim() || `exit code ${code}`}`,
      host: host.name,
      command: `ovsdb-client transact ${northboundSocket} …`,
      exitCode: code,
      stderr,
      hint: 'is OVN central (ovsdb-server for the northbound database) running on the main host?',
    });
  }
  return answers.map((line) => JSON.parse(line) as OvsdbResult[]);
}

/** A transaction as ovsdb-client takes it. */
export function transactionText(operations: readonly OvsdbOperation[]): string {
  return JSON.stringify(['OVN_Northbound', ...operations]);
}
