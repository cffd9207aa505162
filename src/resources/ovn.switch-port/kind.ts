import { defineOvnKind, mapOf, optional, setOf, textOf } from '../shared/ovn-kind.ts';

/** A port of a logical switch: a guest's, one with fixed addresses, or the door to a provider network. */
export const ovnSwitchPort = defineOvnKind({
  kind: 'ovn.switch-port',
  table: 'Logical_Switch_Port',
  rule: { remake: ['switch', 'type'] },
  needs: (port) => [
    { ref: `ovn.switch:${port.switch}`, how: 'inside' },
    ...(port.dhcp === undefined ? [] : [{ ref: `ovn.dhcp:${port.dhcp}`, how: 'after' } as const]),
  ],
  attachment: {
    network: (port) => port.switch,
    // OVN writes them behind the MAC address: `MAC IP IP`.
    addresses: ({ addresses }) => addresses.flatMap((text) => text.split(' ').slice(1)),
  },
  rows: (goal, uuidOf) => [
    {
      table: 'Logical_Switch_Port',
      uuid: uuidOf('ovn.switch-port', goal.name),
      columns: {
        name: goal.name,
        type: goal.type === 'localnet' ? 'localnet' : '',
        addresses: [...goal.addresses].sort(),
        options: goal.options ?? {},
        dhcpv4_options: goal.dhcp === undefined ? [] : [uuidOf('ovn.dhcp', goal.dhcp)],
        external_ids: { 'kvm-compose-type': goal.type },
      },
      parent: { table: 'Logical_Switch', uuid: uuidOf('ovn.switch', goal.switch), column: 'ports' },
    },
  ],
  read: (found, scope) => {
    const { columns } = found.row;
    const options = mapOf(columns['options']);
    const dhcp = textOf(columns['dhcpv4_options']);
    return {
      kind: 'ovn.switch-port',
      name: found.name,
      host: scope.main,
      switch: found.parent,
      type:
        columns['type'] === 'localnet'
          ? 'localnet'
          : found.pair('kvm-compose-type') === 'internal'
            ? 'internal'
            : 'guest',
      addresses: setOf(columns['addresses']),
      ...optional({
        guest: found.guest,
        options: Object.keys(options).length > 0 ? options : undefined,
        dhcp: dhcp === undefined ? undefined : (found.nameOf(dhcp) ?? dhcp),
      }),
    };
  },
  describe: (port) => `port ${port.name} on ${port.switch} ${port.addresses.join(' ')}`.trimEnd(),
});
