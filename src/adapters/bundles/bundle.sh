#!/bin/sh
# Prints, in sections `##TOKEN path`, what a host knows of a deployment. Whatever cannot be told says so in its own
# section. Data: token, deployment.
read -r token; read -r deployment
section() { printf '\n##%s %s\n' "$token" "$1"; }
says() { section "$1"; shift; "$@" 2>&1 | head -c "$DUMP_BYTES"; }
tail_of() { [ ! -r "$2" ] || { section "$1"; tail -c "$TAIL_BYTES" "$2"; }; }
has() { command -v "$1" >/dev/null; }
folder=$HOST_ROOT/deployments/$deployment
says system.txt sh -c 'uname -a; uptime; free -m; df -hP; ip -br link; ip netns'
says files.txt find "$folder" -ls
for path in "$folder"/console/*.log; do tail_of "console/${path##*/}" "$path"; done
for path in /var/log/libvirt/qemu/"$deployment"-*.log; do tail_of "qemu/${path##*/}" "$path"; done
tail_of libvirtd.log /var/log/libvirt/libvirtd.log
if has virsh; then
  says domains.txt virsh -c qemu:///system list --all
  virsh -q -c qemu:///system list --all --name 2>/dev/null | while read -r name; do
    case $name in "$deployment"-*) says "domains/$name.xml" virsh -q -c qemu:///system dumpxml "$name";; esac
  done
fi
if has ovs-vsctl; then
  says ovs.txt ovs-vsctl --timeout=10 show
  says ovs-interfaces.txt ovs-vsctl --timeout=10 list Interface
  says ovs-flows.txt ovs-ofctl --timeout=10 dump-flows br-int
  tail_of ovs-vswitchd.log /var/log/openvswitch/ovs-vswitchd.log
fi
if has ovn-nbctl && [ -S /run/ovn/ovnnb_db.sock ]; then
  says ovn-northbound.txt ovn-nbctl --timeout=10 show
  says ovn-northbound-ports.txt ovn-nbctl --timeout=10 list Logical_Switch_Port
  says ovn-southbound.txt ovn-sbctl --timeout=10 show
fi
tail_of ovn-controller.log /var/log/ovn/ovn-controller.log
section end
