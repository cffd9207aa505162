#!/bin/sh
# Adds taps to the bridge under their logical ports in one transaction, waits until OVN has installed all of them, then
# lets all guests go in one virsh. Data, guest by guest: lines `guest NAME`, `unplug TAP`, `plug TAP SETTINGS`, `wait TAP`,
# `resume NAME`. A guest one of whose taps does not exist stays paused.
set -f
set --
olds=; waits=; resumes=; absent=
while read -r what name settings; do
  case $what in
  plug|wait) if [ ! -e "/sys/class/net/$name" ]; then absent=yes; continue; fi;;
  esac
  case $what in
  guest) absent=;;
  unplug) olds="$olds $name";;
  plug)
    read -r ifindex <"/sys/class/net/$name/ifindex"
    # shellcheck disable=SC2086 # settings are words
    set -- "$@" -- --may-exist add-port br-int "$name" -- \
      set Interface "$name" $settings "external_ids:$IFINDEX_KEY=\"$ifindex\"";;
  wait) waits="$waits $name";;
  resume) [ -n "$absent" ] || resumes="$resumes resume $name;";;
  esac
done
# shellcheck disable=SC2086 # names of taps
[ -z "$olds" ] || unplug $olds || exit
if [ $# -gt 0 ]; then ovs-vsctl --no-wait --timeout=20 "$@" || exit; fi
set --
for tap in $waits; do set -- "$@" -- wait-until Interface "$tap" 'external_ids:ovn-installed="true"'; done
if [ $# -eq 0 ] || ovs-vsctl --timeout=5 "$@" 2>/dev/null; then
  if [ -n "$resumes" ]; then virsh_ "$resumes" >/dev/null; fi
fi
tell
