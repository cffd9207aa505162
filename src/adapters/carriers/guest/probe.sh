#!/bin/sh
# Runs inside the namespace. Reads milliseconds, then lines `index link,address link,address …` up to an empty one; a
# guest that is not there yet costs one process that sleeps in a connect of five seconds. Ends when standard input does.
set -u
probe() { # index, then link and address of each route
  index=$1 pause=0.3 tries=0 linked=
  shift
  while :; do
    route=0
    for pair; do
      case ${pair#*,} in
      *:*) way="TCP6:[${pair#*,}%${pair%%,*}]:22";;
      *) way="TCP4:${pair#*,}:22,so-bindtodevice=${pair%%,*}";;
      esac
      answer=$(socat -u "$way,connect-timeout=5,readbytes=4" - 2>&1 </dev/null)
      case $answer in
      SSH-*) echo "banner $index $route"; return;;
      *refused*) [ -n "$linked" ] || { linked=1; echo "link $index $route"; };;
      esac
      route=$((route + 1))
    done
    tries=$((tries + 1))
    [ $tries -lt 20 ] || pause=1
    sleep $pause >/dev/null
  done
}
quicken() { # milliseconds, link: asks for a neighbour more often than once a second, and until the connect gives up
  for_link=/proc/sys/net/ipv6/neigh/$2
  echo "$1" >"$for_link/retrans_time_ms" && echo $((5000 / $1)) >"$for_link/mcast_solicit"
}
pids='' quick=''
IFS= read -r every
while IFS= read -r line && [ -n "$line" ]; do
  for pair in ${line#* }; do
    link=${pair%%,*}
    case " $quick " in *" $link "*) ;; *) quick="$quick $link"; quicken "$every" "$link" 2>/dev/null;; esac
  done
  # shellcheck disable=SC2086 # an index and pairs, none with a character that means something to a shell
  probe $line </dev/null &
  pids="$pids $!"
done
cat >/dev/null
# shellcheck disable=SC2086 # numbers
kill $pids 2>/dev/null
exit 0
