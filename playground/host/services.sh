# The services of a virtual host and what keeps them running. Sourced by init, as PID 1 of the host.

# Runs a command in the foreground for ever: again after 0.2 s, then twice as late each time that it ended soon.
keep_running() { # name, command…
  local name=$1
  shift
  (
    delay=0.2
    while :; do
      began=$SECONDS
      "$@" </dev/null >>"/var/log/$name.out" 2>&1
      echo "init: $name ended with $?"
      if [ $((SECONDS - began)) -ge 10 ]; then delay=0.2; fi
      sleep "$delay"
      delay=$(awk -v d="$delay" 'BEGIN { print (d * 2 > 5) ? 5 : d * 2 }')
    done
  ) &
}

within() { # seconds, command…
  local tries=$(($1 * 50))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $((tries -= 1)) -gt 0 ] || { echo "init: gave up waiting for: $*"; return 1; }
    sleep 0.02
  done
}

ssh_service() {
  cp /run/playground/host_key /run/sshd/host_key && chmod 600 /run/sshd/host_key
  # Limits (MaxSessions, MaxStartups) stay at sshd's defaults: the product has to live with them.
  cat >/run/sshd/config <<EOF
HostKey /run/sshd/host_key
AuthorizedKeysFile /run/playground/authorized_keys
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
StrictModes no
PidFile /run/sshd.pid
Subsystem sftp internal-sftp
EOF
  keep_running sshd /usr/sbin/sshd -D -e -f /run/sshd/config
}

# A /dev/kvm without processor support behind it: libvirt believes it, then finds that QEMU's user cannot use it, and
# probes QEMU anew for every single start. A plain file in its place ends that; libvirt's own namespaces would move it.
hide_broken_kvm() {
  if [ ! -c /dev/kvm ] || grep -qwE 'vmx|svm' /proc/cpuinfo; then return 0; fi
  install -m 600 /dev/null /run/no-kvm
  mount --bind /run/no-kvm /dev/kvm
  grep -q '^namespaces' /etc/libvirt/qemu.conf || echo 'namespaces = []' >>/etc/libvirt/qemu.conf
}

libvirt_service() {
  rm -f /etc/libvirt/qemu/networks/autostart/*
  grep -q '^security_driver' /etc/libvirt/qemu.conf || echo 'security_driver = "none"' >>/etc/libvirt/qemu.conf
  hide_broken_kvm
  # There is no polkit daemon here to ask; root's socket is enough.
  grep -q '^auth_unix_rw' /etc/libvirt/libvirtd.conf || echo 'auth_unix_rw = "none"' >>/etc/libvirt/libvirtd.conf
  keep_running virtlogd /usr/sbin/virtlogd
  within 10 test -S /run/libvirt/virtlogd-sock
  keep_running libvirtd /usr/sbin/libvirtd
}

ovs_service() {
  local database=/var/lib/openvswitch/conf.db mac
  [ -s $database ] || ovsdb-tool create $database /usr/share/openvswitch/vswitch.ovsschema
  keep_running ovsdb-server ovsdb-server $database --remote=punix:/run/openvswitch/db.sock \
    --remote=db:Open_vSwitch,Open_vSwitch,manager_options --pidfile=/run/openvswitch/ovsdb-server.pid \
    --unixctl=/run/openvswitch/ovsdb-server.ctl --log-file=/var/log/openvswitch/ovsdb-server.log -vconsole:off
  within 10 ovs-vsctl --no-wait --timeout=2 init
  mac=$(cat /sys/class/net/eth0/address)
  # The kernel may have no Open vSwitch module, hence the netdev datapath everywhere. Tunnels of that datapath leave
  # only by one of its own bridges, so the host's address sits on br-phy, with eth0 as its port.
  ovs-vsctl --no-wait -- set open . external-ids:system-id="$name" external-ids:hostname="$name" \
    external-ids:ovn-remote="tcp:$net.1:6642" external-ids:ovn-encap-type=geneve \
    external-ids:ovn-encap-ip="$net.$index" external-ids:ovn-bridge-datapath-type=netdev \
    -- --may-exist add-br br-phy -- set bridge br-phy datapath_type=netdev fail-mode=standalone \
    other_config:hwaddr="\"$mac\"" -- br-set-external-id br-phy bridge-id br-phy -- --may-exist add-port br-phy eth0 \
    -- --may-exist add-br br-int -- set bridge br-int datapath_type=netdev fail-mode=secure
  keep_running ovs-vswitchd ovs-vswitchd unix:/run/openvswitch/db.sock --pidfile=/run/openvswitch/ovs-vswitchd.pid \
    --unixctl=/run/openvswitch/ovs-vswitchd.ctl --log-file=/var/log/openvswitch/ovs-vswitchd.log --disable-system -vconsole:off
  within 20 ip link show br-phy
  ip addr flush dev eth0
  ip addr replace "$net.$index/24" dev br-phy
  ip link set br-phy up
  within 20 ip link show br-int
}

ovn_database() { # nb or sb, further options…
  local which=$1 file=/var/lib/ovn/ovn${1}_db.db
  shift
  [ -s "$file" ] || ovsdb-tool create "$file" "/usr/share/ovn/ovn-$which.ovsschema"
  keep_running "ovn-$which" ovsdb-server "$file" --remote="punix:/run/ovn/ovn${which}_db.sock" "$@" \
    --pidfile="/run/ovn/ovn${which}_db.pid" --unixctl="/run/ovn/ovn${which}_db.ctl" \
    --log-file="/var/log/ovn/ovsdb-server-$which.log" -vconsole:off
}

ovn_central() {
  ovn_database nb
  ovn_database sb --remote=ptcp:6642:0.0.0.0
  within 10 ovn-nbctl --timeout=2 --no-leader-only init
  within 10 ovn-sbctl --timeout=2 --no-leader-only init
  keep_running ovn-northd ovn-northd --pidfile=/run/ovn/ovn-northd.pid --unixctl=/run/ovn/ovn-northd.ctl \
    --ovnnb-db=unix:/run/ovn/ovnnb_db.sock --ovnsb-db=unix:/run/ovn/ovnsb_db.sock \
    --log-file=/var/log/ovn/ovn-northd.log -vconsole:off
}

ovn_service() {
  [ "$index" != 1 ] || ovn_central
  keep_running ovn-controller ovn-controller unix:/run/openvswitch/db.sock --pidfile=/run/ovn/ovn-controller.pid \
    --log-file=/var/log/ovn/ovn-controller.log -vconsole:off
}

services() {
  ssh_service
  libvirt_service
  ovs_service
  ovn_service
  within 30 virsh -q uri
}
