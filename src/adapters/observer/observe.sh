# shellcheck shell=sh
# The first part of one read of a host: what it is, and what several transports look at. Their own programs follow; each
# prints sections `##TOKEN NAME`. Few processes: what can be read is read by the shell.
: "${token:?}"
section() { printf '##%s %s\n' "$token" "$1"; }
failed() { section "failed $1"; }
has() { command -v "$1" >/dev/null; }

section facts
read -r host_boot </proc/sys/kernel/random/boot_id
kvm=no; [ -c /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo && kvm=maybe
echo "boot $host_boot"; echo "kvm $kvm"
[ -r "$HOST_ROOT/accelerator" ] && { read -r probed <"$HOST_ROOT/accelerator"; echo "probed $probed"; }
echo "cores $(nproc)"
grep MemTotal: /proc/meminfo
place=$HOST_ROOT; while [ ! -e "$place" ]; do place=${place%/*}; [ -n "$place" ] || place=/; done
echo "disk $(df -Pk "$place" | tail -n 1)"
for tool in $TOOLS; do has "$tool" || echo "missing $tool"; done

section ovs
if has ovsdb-client; then
  ovsdb-client --timeout=15 query unix:/run/openvswitch/db.sock '["Open_vSwitch",{"op":"select","table":"Open_vSwitch","where":[],"columns":["external_ids"]},'"$SELECT_INTERFACES"']' || failed ovs
fi
