import { repeated } from '../findings.ts';
import type { CompileContext } from '../compile-context.ts';
import { unknownHost, unknownSwitch } from './unknown.ts';

/** The older format's bridges: each once, joined to bridges that exist, and guests on one host. */
export function checkBridges(context: CompileContext): void {
  const { findings } = context;
  const { network } = context.testbed;
  if (network.kind !== 'bridges') return;
  for (const { again, first, key } of repeated(network.bridges, ({ name }) => name)) {
    const hint = `the first is on line ${first.at('name').line}`;
    findings.error(again.at('name'), 'duplicate-name', `there are two bridges \`${key}\``, hint);
  }
  for (const { from, to, at } of network.connections) {
    unknownSwitch(context, from, at);
    unknownSwitch(context, to, at);
    if (from === to) findings.error(at, 'bridge-loop', `bridge \`${from}\` is connected to itself`);
  }
  if (network.external_bridge !== undefined)
    unknownSwitch(context, network.external_bridge, network.at('external_bridge'));
  for (const nic of network.nics) {
    unknownSwitch(context, nic.testbed_bridge, nic.at('testbed_bridge'));
    unknownHost(context, nic.testbed_host, nic.at('testbed_host'));
  }
  if (network.external_bridge === undefined && network.bridges.length > 0) {
    // Addresses come by DHCP from the network behind the external bridge.
    const hint = 'name one of the bridges';
    findings.warning(network.at(), 'no-external-bridge', 'without `external_bridge` guests get no addresses', hint);
  }
}
