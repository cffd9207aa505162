#!/bin/sh
# One host's answers to everything, in sections `##TOKEN NAME`. Few processes: what can be read is read by the shell.
# Data: token, deployment (empty for all there are), queries, transaction for the northbound database, one line each.
read -r token; read -r deployment; read -r queries; read -r northbound
section() { printf '##%s %s\n' "$token" "$1"; }
failed() { section "failed $1"; }
has() { command -v "$1" >/dev/null; }
asked() { case " $queries " in *" $1 "*) ;; *) return 1;; esac; }

section facts
read -r host_boot </proc/sys/kernel/random/boot_id
kvm=no; [ -c /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo && kvm=maybe
echo "boot $host_boot"; echo "kvm $kvm"
[ -r "$HOST_ROOT/accelerator" ] && { read -r probed <"$HOST_ROOT/accelerator"; echo "probed $probed"; }
echo "cores $(nproc)"
grep MemTotal: /proc/meminfo
place=$HOST_ROOT; while [ ! -e "$place" ]; do place=${place%/*}; [ -n "$place" ] || place=/; done
echo "disk $(df -Pk "$place" | tail -n 1)"
# What the carriers use.
for tool in virsh qemu-img qemu-system-x86_64 ovs-vsctl ovsdb-client ip ethtool genisoimage socat tar flock; do has "$tool" || echo "missing $tool"; done

section ovs
if has ovsdb-client; then
  ovsdb-client --timeout=15 query unix:/run/openvswitch/db.sock '["Open_vSwitch",{"op":"select","table":"Open_vSwitch","where":[],"columns":["external_ids"]},'"$SELECT_INTERFACES"']' || failed ovs
fi

if asked ovn; then
  section ovn
  ! has ovsdb-client || ovsdb-client --timeout=15 query unix:/run/ovn/ovnnb_db.sock "$northbound" || failed ovn
fi

if asked files; then
  section records
  for folder in "$HOST_ROOT"/deployments/${deployment:-*}; do
    [ ! -d "$folder/manifest" ] || find "$folder/manifest" -name '*.json' -exec grep -h . {} +
  done
  section files
  for folder in "$HOST_ROOT"/deployments/${deployment:-*}; do
    [ ! -d "$folder" ] || find "$folder" -path "$folder/manifest" -prune -o -printf '%y %s %p\n' || failed files
  done
  [ ! -d "$IMAGES" ] || find "$IMAGES" -maxdepth 1 -type f \( -name '*.qcow2' -o -name '*.raw' \) -printf 'f %s %p\n' || failed files
fi

if asked links; then
  section namespaces
  for path in /run/netns/kc-*; do [ -e "$path" ] && echo "${path##*/}"; done
  if has ip; then
    section outer
    ip -j link show type veth || failed links
    for path in /run/netns/kc-${deployment:-*}; do
      [ -e "$path" ] || continue
      section "inner ${path##*/}"; ip -j -n "${path##*/}" link show || failed links
    done
  fi
fi

if asked libvirt && has virsh; then
  section domains
  list=$(virsh -q -c qemu:///system list --all) || failed libvirt
  commands=
  while read -r _ name state; do
    case $name in '' | *[!A-Za-z0-9._-]*) continue;; "${deployment:+$deployment-}"*) ;; *) continue;; esac
    boot_of "$name"
    # shellcheck disable=SC2154 # boot_of sets it
    echo "$name|$state|$boot"
    commands="$commands dumpxml $name;"
  done <<END
$list
END
  section xml
  if [ -n "$commands" ]; then virsh -q -c qemu:///system "$commands" || failed libvirt; fi
fi
section end
