import type { DiagnosticCode } from '../messages/diagnostic-codes.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Host, Inventory } from '../model/host.ts';
import { Locator } from './document.ts';
import { didYouMean } from '../model/similar.ts';
import { about, Reading, type Read } from './shape.ts';
import { namedRecords, optional, record, required, withDefault } from './shape-collections.ts';
import { nameFinding } from './shape-network.ts';
import { choice, integer, text } from './shape-scalars.ts';
import { parseYaml } from './yaml.ts';

const hostShape = record({
  address: required(about('how other hosts and the server reach it; tunnels end here', text)),
  connection: withDefault(choice(['local', 'ssh']), () => 'ssh' as const),
  user: withDefault(text, () => 'root'),
  port: withDefault(integer({ min: 1, max: 65_535 }), () => 22),
  identity_file: optional(text),
  known_hosts_file: optional(text),
  accelerator: withDefault(choice(['auto', 'kvm', 'qemu']), () => 'auto' as const),
});

const inventoryShape = record({ main: optional(text), hosts: required(namedRecords(hostShape)) });

/** Without a hosts file there is one host: this machine. */
export const localInventory: Inventory = {
  main: 'main',
  hosts: [{ name: 'main', connection: 'local', address: '127.0.0.1', port: 22, user: 'root', accelerator: 'auto' }],
};

/** Reads a hosts file. */
export function parseInventory(
  source: string,
  file: string,
): { inventory?: Inventory; diagnostics: readonly Diagnostic[] } {
  const locator = new Locator(source, file);
  const { document, diagnostics } = parseYaml(locator);
  if (!document) return { diagnostics };
  const reading = new Reading(locator);
  const read = inventoryShape.read(document, reading, 'the hosts file');
  const inventory = read && inventoryOf(read, reading);
  const failed = reading.diagnostics.some(({ severity }) => severity === 'error');
  return { ...(inventory && !failed ? { inventory } : {}), diagnostics: reading.diagnostics };
}

function inventoryOf(read: Read<typeof inventoryShape>, reading: Reading): Inventory | undefined {
  const names = read.hosts.map(({ name }) => name);
  const fault = (position: Diagnostic['position'], code: DiagnosticCode, message: string, hint?: string): undefined => {
    reading.diagnostics.push({
      severity: 'error',
      code,
      message,
      ...(position ? { position } : {}),
      ...(hint ? { hint } : {}),
    });
  };
  for (const host of read.hosts) {
    const wrong = nameFinding(host.name);
    if (wrong) fault(host.at(), wrong.code, wrong.message, wrong.hint);
  }
  if (names.length === 0) return fault(read.at('hosts'), 'no-hosts', 'the hosts file names no host');
  const main = read.main ?? (names.length === 1 ? names[0] : names.find((name) => name === 'main'));
  if (main === undefined) return fault(read.at(), 'no-main', 'with several hosts `main` must name the main one');
  if (!names.includes(main))
    return fault(read.at('main'), 'unknown-host', `there is no host \`${main}\``, didYouMean(main, names));
  return { main, hosts: read.hosts.map(hostOf) };
}

function hostOf(read: Read<typeof hostShape> & { name: string }): Host {
  const { name, connection, address, port, user, accelerator, identity_file, known_hosts_file } = read;
  return {
    name,
    connection,
    address,
    port,
    user,
    ...(identity_file === undefined ? {} : { identityFile: identity_file }),
    ...(known_hosts_file === undefined ? {} : { knownHostsFile: known_hosts_file }),
    accelerator,
  };
}
