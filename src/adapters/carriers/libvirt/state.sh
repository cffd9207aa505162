# shellcheck shell=sh
tell() { # all domains with their states, then the rows of OVS interfaces as JSON
  virsh_ list --all | while read -r _ name state; do echo "domain $name $state"; done
  printf 'interfaces '
  ovsdb-client --timeout=15 query unix:/run/openvswitch/db.sock '["Open_vSwitch",'"$SELECT_INTERFACES"']'
}
virsh_() { virsh -q -c qemu:///system "$@"; }
unplug() { # taps: takes them off the bridge, and waits for the switch: one of the same name may be added next
  taps=$*; set --
  for tap in $taps; do set -- "$@" -- --if-exists del-port "$tap"; done
  ovs-vsctl --timeout=20 "$@"
}
