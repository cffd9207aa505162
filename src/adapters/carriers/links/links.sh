# shellcheck shell=sh
# Functions of the links carrier.
: "${work:?}"
umask 077
mkdir "$work" || exit 1
in_namespace() { ns=$1; shift; ip netns exec "$ns" "$@"; }
right() { # namespace, outer, inner, mac, mtu: whether both ends are there and as they should be
  [ -e "/run/netns/$1" ] || return 1
  case $(ip -o -n "$1" link show "$3" 2>/dev/null) in *"<"*UP*">"*" mtu $5 "*" $4 "*) ;; *) return 1;; esac
  case $(ip -o link show "$2" 2>/dev/null) in *"<"*UP*">"*" mtu $5 "*) ;; *) return 1;; esac
}
bound() { # outer, port
  [ "$(ovs-vsctl --timeout=10 --if-exists get Interface "$1" external_ids:iface-id 2>/dev/null)" = "\"$2\"" ] ||
    [ "$(ovs-vsctl --timeout=10 --if-exists get Interface "$1" external_ids:iface-id 2>/dev/null)" = "$2" ]
}
make_link() { # namespace, outer, inner, mac, mtu, address or nothing, port, settings of the Interface row
  ns=$1 outer=$2 inner=$3 mac=$4 mtu=$5 address=$6 port=$7; shift 7
  said=10
  if ! right "$ns" "$outer" "$inner" "$mac" "$mtu"; then
    said=0
    [ -e "/run/netns/$ns" ] || ip netns add "$ns" || return 1
    ip -n "$ns" link set lo up || return 1
    if ip link show "$outer" >/dev/null 2>&1; then ip link del "$outer" || return 1; fi
    ip -n "$ns" link del "$inner" 2>/dev/null
    ip link add "$outer" mtu "$mtu" type veth peer name "$inner" netns "$ns" address "$mac" mtu "$mtu" || return 1
    # A userspace datapath reads the other end raw: a half-computed checksum would never be finished.
    ethtool -K "$outer" tx off >/dev/null || return 1
    in_namespace "$ns" ethtool -K "$inner" tx off >/dev/null || return 1
    # Its address is derived from its MAC and nobody else has it: no second of waiting for duplicates.
    # shellcheck disable=SC2016 # the shell inside expands it
    in_namespace "$ns" sh -c 'cd "/proc/sys/net/ipv6/conf/$1" && echo 0 >disable_ipv6 && echo 0 >accept_dad && echo 0 >accept_ra && echo 0 >addr_gen_mode' - "$inner" || return 1
    ip -n "$ns" link set "$inner" up && ip link set "$outer" up || return 1
  fi
  if [ -n "$address" ]; then ip -n "$ns" addr replace "$address" dev "$inner" || return 1; fi
  if [ $said = 0 ] || ! bound "$outer" "$port"; then
    said=0
    ovs-vsctl --timeout=10 --may-exist add-port br-int "$outer" -- set Interface "$outer" "$@" || return 1
  fi
  return $said
}
remove_link() { # namespace, outer, inner
  said=10
  if [ -n "$(ovs-vsctl --timeout=10 --if-exists get Port "$2" name)" ]; then
    said=0
    ovs-vsctl --timeout=10 --if-exists del-port br-int "$2" || return 1
  fi
  if ip link show "$2" >/dev/null 2>&1; then said=0; ip link del "$2" || return 1; fi
  [ -e "/run/netns/$1" ] || return $said
  if [ -n "$3" ] && ip -n "$1" link show "$3" >/dev/null 2>&1; then said=0; ip -n "$1" link del "$3" || return 1; fi
  if [ -z "$(ip -o -n "$1" link show type veth)" ]; then said=0; ip netns del "$1" || return 1; fi
  return $said
}
