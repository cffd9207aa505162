#!/bin/sh
# Runs in the guest `web`. Leaves a trace to look at: kvm-compose ssh web -- cat /etc/hello
set -eu

{
  /etc/nocloud/env.sh GREETING
  head -n 1 /etc/nocloud/context/motd
} >/etc/hello
cat /etc/hello

# Counts how often it ran, on the guest's disk: a second `up` leaves it at 1.
count=/var/lib/kvm-compose/hello-count
mkdir -p "${count%/*}"
runs=$(cat "$count" 2>/dev/null || echo 0)
echo $((runs + 1)) >"$count"
