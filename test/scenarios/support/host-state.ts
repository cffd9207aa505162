import { shellOnHost } from '../../support/playground.ts';

/**
 * Everything on a host that the product could have touched, as the tools themselves tell it, down to the processes of
 * guests. Left out: what we keep on purpose (the placed runner, for a week the large files of seeds) and the time of an
 * installation.
 */
const script = `
echo '== domains'
for name in $(virsh -q list --all --name | sort); do
  echo "-- $name: $(virsh -q domstate "$name"), process $(cat "/run/libvirt/qemu/$name.pid" 2>/dev/null || echo none)"
  virsh -q dumpxml --inactive "$name"
done
echo '== libvirt networks and pools'
virsh -q net-list --all; virsh -q pool-list --all
echo '== OVN'
if [ -S /run/ovn/ovnnb_db.sock ]; then
  ovsdb-client -f csv --no-headings dump unix:/run/ovn/ovnnb_db.sock OVN_Northbound |
    awk '/ table$/ { table = $1 } table !~ /^(NB_Global|Connection)$/ && / table$|,/' | grep -v ' table$' | sort || true
fi
echo '== Open vSwitch'
ovs-vsctl --no-headings -f csv --columns=name,type,external_ids,options list Interface |
  sed 's/""//g; s/, ovn-installed-ts=[0-9]*//' | sort
for bridge in $(ovs-vsctl list-br | sort); do echo "$bridge: $(ovs-vsctl list-ports "$bridge" | sort | tr '\\n' ' ')"; done
echo '== links'
ip -o link | sed 's/^[0-9]*: //; s/[:@].*//' | sort
echo '== namespaces'
for name in $(ip netns list | cut -d' ' -f1 | sort); do
  echo "$name: $(ip -n "$name" -o link | sed 's/^[0-9]*: //; s/[:@].*//' | sort | tr '\\n' ' ')"
done
echo '== files'
if [ -d /var/lib/kvm-compose/deployments ]; then
  find /var/lib/kvm-compose/deployments -mindepth 1 -printf '%p %M\\n' | sort
  find /var/lib/kvm-compose/deployments -name '*.json' -exec sha256sum {} + | sort -k 2
fi
echo '== images, whole and under way'
find /var/lib/kvm-compose/images -type f ! -name '*.blob' ! -name lock 2>/dev/null | sort
echo '== guests of nobody'
for pid in $(pidof qemu-system-x86_64 || true); do
  grep -qx "$pid" /run/libvirt/qemu/*.pid || tr '\\0' ' ' <"/proc/$pid/cmdline"
done
echo '== work in progress'
find /run/kvm-compose -mindepth 2 ! -name 'lock.*' ! -path '*/boot/*' 2>/dev/null || true
`;

/** The state of hosts as text to compare, host by host. */
export async function stateOf(hosts: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const states = await Promise.all(hosts.map((host) => shellOnHost(host, script)));
  return Object.fromEntries(hosts.map((host, n) => [host, states[n]!]));
}
