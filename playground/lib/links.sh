# The network between the hosts: one bridge on the machine, one veth pair per host. Sourced by playground.

# The alias says whose it is: another playground on the same network must not be pulled down by accident.
bridge_up() {
  local bridge owner
  bridge=$(bridge_name)
  if ip link show "$bridge" >/dev/null 2>&1; then
    owner=$(cat "/sys/class/net/$bridge/ifalias")
    [ -z "$owner" ] || [ "$owner" = "$state" ] ||
      fail "network $net.0/24 is used by the playground in $owner; set KVM_COMPOSE_PLAYGROUND_NET"
  else
    ip link add "$bridge" type bridge forward_delay 0
  fi
  ip link set "$bridge" alias "$state"
  ip addr replace "$net.254/24" dev "$bridge"
  ip link set "$bridge" up
}

bridge_down() {
  local bridge link
  bridge=$(bridge_name)
  [ "$(cat "/sys/class/net/$bridge/ifalias" 2>/dev/null)" = "$state" ] || return 0
  for link in "/sys/class/net/$bridge/brif"/*; do
    [ -e "$link" ] && ip link del "${link##*/}" 2>/dev/null || true
  done
  ip link del "$bridge"
}

# The other end, eth0, is made inside the host's own network namespace and goes away with it. Each step is looked at
# by itself: an earlier 'up' may have been killed after any of them.
plug() { # host, pid of its init
  local link
  link=$(link_of "$1")
  if [ ! -e "/sys/class/net/$link" ]; then
    ip link add "$link" type veth peer name eth0 address "$(mac_of "$1")" netns "$2"
  fi
  # A link that is plugged stays as it is: it may be cut on purpose.
  if [ ! -e "/sys/class/net/$link/master" ]; then ip link set "$link" up master "$(bridge_name)"; fi
}

# What an earlier life of the host left: the kernel takes a namespace away a little after its last process.
unplug() { ip link del "$(link_of "$1")" 2>/dev/null || true; }

cut_link() {
  is_made "$1" || fail "there is no host $1"
  [[ $2 =~ ^[0-9]+(\.[0-9]+)?$ ]] || fail "cut wants a number of seconds, not '$2'"
  local link
  link=$(link_of "$1")
  # shellcheck disable=SC2064
  trap "ip link set '$link' up" EXIT
  trap 'exit 130' INT TERM HUP
  ip link set "$link" down
  sleep "$2"
}
