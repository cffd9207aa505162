#!/bin/sh
# Applies what DHCP gave. IPv4 only: the link-local IPv6 address is how we are reached.
export PATH=/usr/bin
case $1 in
bound | renew)
  ip -4 addr flush dev "$interface"
  ip addr add "$ip/${mask:-24}" dev "$interface"
  [ -n "$mtu" ] && ip link set "$interface" mtu "$mtu"
  for gateway in $router; do
    ip route replace default via "$gateway" dev "$interface"
    break
  done
  : >/etc/resolv.conf
  for server in $dns; do echo "nameserver $server" >>/etc/resolv.conf; done
  echo "tiny: $interface $ip by dhcp" >/dev/console
  ;;
esac
