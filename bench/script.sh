#!/usr/bin/env bash
# What a careful engineer would write by hand for the same laboratory: the yardstick of `npm run bench`.
#   script.sh up|down WORKDIR
# WORKDIR holds: hosts (lines "name address"), guests (lines "name host mac ip"), image, ssh_config, key.pub, key.
# Per host and phase one ssh (shared connections), work in parallel on all hosts, virsh by `xargs -P8`, one OVN transaction.
set -euo pipefail
verb=$1 work=$2
dir=/var/lib/libvirt/images/bench
memory=${MEMORY:-128}
S() { ssh -n -F "$work/ssh_config" "root@$1" "${@:2}"; }
I() { ssh -F "$work/ssh_config" "root@$1" "${@:2}"; }
now() { date +%s%3N; }
each_host() {
  local pids=() address
  while read -r _ address; do "$@" "$address" & pids+=($!); done <"$work/hosts"
  local pid; for pid in "${pids[@]}"; do wait "$pid"; done
}
main=$(awk 'NR==1{print $2}' "$work/hosts")
declare -A address_of
while read -r name address; do address_of[$name]=$address; done <"$work/hosts"

image() {
  local sum there
  sum=$(sha256sum "$work/image" | cut -d' ' -f1)
  there=$(S "$1" "mkdir -p $dir; chmod 711 $dir; sha256sum $dir/golden.qcow2 2>/dev/null | cut -d' ' -f1")
  [ "$sum" = "$there" ] || I "$1" "cat >$dir/golden.part && mv $dir/golden.part $dir/golden.qcow2" <"$work/image"
}

network() {
  {
    printf 'ovn-nbctl -- --may-exist ls-add bench-sw'
    local name host mac ip
    while read -r name host mac ip; do
      printf ' -- --may-exist lsp-add bench-sw bench-%s -- lsp-set-addresses bench-%s "%s %s"' "$name" "$name" "$mac" "$ip"
    done <"$work/guests"
    while read -r host _; do
      printf ' -- --may-exist lsp-add bench-sw bench-access-%s -- lsp-set-addresses bench-access-%s unknown' "$host" "$host"
    done <"$work/hosts"
    echo
  } | I "$main" sh -e -s
  each_host access
}
access() {
  local host
  host=$(awk -v a="$1" '$2==a{print $1}' "$work/hosts")
  local n; n=$(awk -v a="$1" '$2==a{print NR}' "$work/hosts")
  S "$1" "ovs-vsctl --may-exist add-port br-int bench-in -- set interface bench-in type=internal external_ids:iface-id=bench-access-$host; ip addr replace 10.60.255.$n/16 dev bench-in; ip link set bench-in mtu 1400 up"
}

host_script() {
  cat <<X
set -eu
cd $dir
make() {
  set -- \$1
  qemu-img create -q -f qcow2 -F qcow2 -b $dir/golden.qcow2 $dir/\$1.qcow2
  mkdir -p $dir/\$1.d
  printf 'instance-id: %s\nlocal-hostname: %s\n' \$1 \$1 >$dir/\$1.d/meta-data
  printf '#cloud-config\nssh_authorized_keys:\n  - %s\n' "$(cat "$work/key.pub")" >$dir/\$1.d/user-data
  printf 'version: 2\nethernets:\n  eth0:\n    match:\n      macaddress: "%s"\n    addresses:\n      - %s/16\n    mtu: 1400\n' \$3 \$4 >$dir/\$1.d/network-config
  genisoimage -quiet -output $dir/\$1.iso -volid cidata -joliet -rock $dir/\$1.d
  rm -rf $dir/\$1.d
  cat >$dir/\$1.xml <<Y
<domain type='qemu'><name>bench-\$1</name><memory unit='MiB'>$memory</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
<cpu mode='maximum'><feature policy='disable' name='la57'/></cpu>
<devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='$dir/\$1.qcow2'/><target dev='vda' bus='virtio'/></disk>
<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='$dir/\$1.iso'/><target dev='vdb' bus='virtio'/><readonly/></disk>
<interface type='bridge'><mac address='\$3'/><source bridge='br-int'/><virtualport type='openvswitch'/><target dev='b-\$1'/><model type='virtio'/><mtu size='1400'/><driver name='qemu'><host csum='off' gso='off' tso4='off' tso6='off' ecn='off' ufo='off'/><guest csum='off' tso4='off' tso6='off' ecn='off' ufo='off'/></driver></interface>
<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng><serial type='pty'/><console type='pty'/></devices></domain>
Y
}
start() {
  set -- \$1
  virsh -q "define $dir/\$1.xml; start bench-\$1"
  ovs-vsctl set interface b-\$1 external_ids:iface-id=bench-\$1
}
stop() {
  set -- \$1
  virsh -q "destroy bench-\$1; undefine bench-\$1" >/dev/null
  rm -f $dir/\$1.qcow2 $dir/\$1.iso $dir/\$1.xml
}
export -f make start stop
printf '%s\n' "\$GUESTS" | grep . | xargs -P8 -I{} bash -c 'set -eu; \$0 "{}"' \$PHASE
X
}
phase() {
  local phase=$1 address=$2 host guests
  host=$(awk -v a="$address" '$2==a{print $1}' "$work/hosts")
  guests=$(awk -v h="$host" '$2==h' "$work/guests")
  { printf 'export PHASE=%s GUESTS=%q\n' "$phase" "$guests"; host_script; } | I "$address" bash -s >/dev/null
}
wait_guest() {
  local ip=$1
  until I "$main" "timeout 5 ssh -q -i /root/.bench-key -o BatchMode=yes -o ConnectTimeout=2 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@$ip true" </dev/null 2>/dev/null; do sleep 0.3; done
}
ready() {
  I "$main" 'umask 077; cat >/root/.bench-key' <"$work/key"
  local list; list=$(awk '{print $4}' "$work/guests")
  # One shell on the main host knocks on all doors, as one would do it by hand.
  { printf 'knock() { until timeout 10 ssh -q -i /root/.bench-key -o BatchMode=yes -o ConnectTimeout=2 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null root@$1 true 2>/dev/null </dev/null; do sleep 0.3; done; date +%%s%%3N; }\nexport -f knock\n'
    printf 'printf "%%s\\n" "%s" | xargs -P 20 -I{} bash -c "knock {}"\n' "$list"; } | timeout 400 ssh -F "$work/ssh_config" "root@$main" bash -s
}

case $verb in
up)
  t0=$(now); each_host image; t1=$(now); network; t2=$(now); each_host phase make; t3=$(now); each_host phase start; t4=$(now)
  half=0
  [ "${WAIT:-1}" = 0 ] || half=$(ready | sort -n | awk -v t0="$t0" '{ at[NR] = $1 } END { print at[int((NR + 1) / 2)] - t0 }')
  t5=$(now)
  echo "{\"image\":$((t1 - t0)),\"network\":$((t2 - t1)),\"disks\":$((t3 - t2)),\"start\":$((t4 - t3)),\"running\":$((t4 - t0)),\"ready\":$((t5 - t0)),\"median\":$half}"
  ;;
down)
  t0=$(now); each_host phase stop
  S "$main" "ovn-nbctl --if-exists ls-del bench-sw"
  while read -r _ address; do S "$address" "ovs-vsctl --if-exists del-port bench-in; rm -rf $dir/*.d"; done <"$work/hosts"
  echo "{\"down\":$(($(now) - t0))}"
  ;;
esac
