#!/bin/sh
# Runs on the host, in the guests' namespace where they have one: resumes guests as the host can take them, and looks
# for the sshd of each. Reads milliseconds, then `start least most`, then lines `index domain link,address …` up to an
# empty one, then lines `admit index` of guests that may be resumed, the lowest first, and `leave index` of those that
# were given up; it ends when standard input does.
#
# A guest that boots holds a slot: a lock on a file of its name under /run/kvm-compose/boot, held by the process that
# looks for its sshd. So the slot goes with that process however it ends, and slots are counted over all deployments.
# Who counts or takes some has the turn. A guest found running when this begins takes a slot without being counted
# first: an earlier attempt resumed it. (Guests that are held together will be resumed together, past this valve.)
set -u
: "${work:?}"
boots=/run/kvm-compose/boot
mkdir -p "$boots" "$work/waits"
virsh_() { virsh -q -c qemu:///system "$@"; }
uptime() { IFS=' .' read -r seconds hundredths rest </proc/uptime; now=$((seconds * 100 + 1$hundredths - 100)); }
quicken() { # milliseconds, link: asks for a neighbour more often than once a second, and until the connect gives up
  for_link=/proc/sys/net/ipv6/neigh/$2
  echo "$1" >"$for_link/retrans_time_ms" && echo $((5000 / $1)) >"$for_link/mcast_solicit"
}
follow() { # index, domain, link and address of each route: has the slot until it sees the sshd, the machine is gone or time is over
  index=$1 domain=$2 pause=0.3 tries=0 linked=
  shift 2
  uptime
  if [ $# -gt 0 ]; then end=$((now + SEEN_SECONDS * 100)); else end=$((now + UNSEEN_SECONDS * 100)); fi
  while :; do
    route=0
    for pair; do
      case ${pair#*,} in
      *:*) way="TCP6:[${pair#*,}%${pair%%,*}]:22";;
      *) way="TCP4:${pair#*,}:22,so-bindtodevice=${pair%%,*}";;
      esac
      answer=$(socat -u "$way,connect-timeout=5,readbytes=4" - 2>&1 </dev/null 8>&-)
      case $answer in
      SSH-*) echo "banner $index $route"; return;;
      *refused*) [ -n "$linked" ] || { linked=1; echo "link $index $route"; };;
      esac
      route=$((route + 1))
    done
    if [ -n "$end" ]; then
      uptime
      boot_of "$domain"
      if [ $now -ge $end ] || [ -z "$boot" ] || [ -e "$work/left.$index" ]; then
        exec 8>&-
        end=
        [ $# -gt 0 ] || return
      fi
    fi
    tries=$((tries + 1))
    [ $tries -lt 20 ] || pause=1
    sleep $pause >/dev/null 8>&-
  done
}
turn() { exec 6>>"$boots.turn"; flock 6; }
end_turn() { exec 6>&-; }
count() { # sets booting; a slot nobody holds is of one that was ready or whose follower died
  booting=0
  for slot in "$boots"/*; do
    [ -e "$slot" ] || continue
    # shellcheck disable=SC2094 # it is locked and removed, not read
    if flock -n 7; then rm -f -- "$slot"; else booting=$((booting + 1)); fi 7<"$slot"
  done
}
give_slot() { # index, domain, routes
  exec 8>>"$boots/$2"
  flock -n 8
  # Not as a redirection of the call: the shell would keep a copy of it, and with that the turn.
  { exec 6>&-; follow "$@"; } &
  echo $! >"$work/pid.$1"
  exec 8>&-
  booting=$((booting + 1))
}
adapt() { # no more than once a second
  uptime
  [ $((now - measured)) -ge 100 ] || return 0
  if { read -r _ _ _ _ total </proc/pressure/cpu; } 2>/dev/null; then
    total=${total#total=}
    percent=$(((total - waited) / ((now - measured) * 100)))
    waited=$total
  else
    read -r _ _ _ tasks _ </proc/loadavg
    tasks=${tasks%%/*} percent=0
    [ "$tasks" -le "$cores" ] || percent=70
    [ "$tasks" -le $((2 * cores)) ] || percent=100
  fi
  # The first look tells of the time before.
  [ "$measured" = 0 ] || next_limit "$limit" "$least" "$most" "$percent" "$booting"
  measured=$now
}
resume() { # indices: all in one process; where that complains, each by itself
  commands=
  for index; do read -r domain routes <"$work/guest.$index"; commands="$commands resume $domain;"; done
  said=$(virsh_ "$commands" 2>&1) && case $said in *error:*) false;; esac && {
    for index; do echo "resumed $index"; done
    return
  }
  for index; do
    read -r domain routes <"$work/guest.$index"
    if said=$(virsh_ resume "$domain" 2>&1) || case $said in *'already running'*) ;; *) false;; esac; then
      echo "resumed $index"
      continue
    fi
    read -r pid <"$work/pid.$index"
    kill "$pid"
    printf 'refused %s %s\n' "$index" "$(printf %s "$said" | tr '\n' ' ')"
  done
}
adopt() { # guests that run already
  running=" $(virsh_ list --state-running --name | tr '\n' ' ')"
  turn
  for file in "$work"/guest.*; do
    read -r domain routes <"$file"
    case $running in *" $domain "*) ;; *) continue;; esac
    # shellcheck disable=SC2086 # links and addresses
    give_slot "${file##*.}" "$domain" $routes
    rm -f "$file"
    echo "resumed ${file##*.}"
  done
  end_turn
}
wave() { # resumes as many as there is room for
  set -- "$work"/waits/*
  [ -e "$1" ] || return 0
  turn
  count
  adapt
  chosen=
  for file; do
    index=${file##*/}
    if [ ! -e "$work/guest.$index" ]; then rm -f "$file"; continue; fi
    [ "$booting" -lt "$limit" ] || break
    rm -f "$file"
    read -r domain routes <"$work/guest.$index"
    # shellcheck disable=SC2086 # links and addresses
    give_slot "$index" "$domain" $routes
    chosen="$chosen $index"
  done
  end_turn
  # shellcheck disable=SC2086 # numbers
  [ -z "$chosen" ] || resume $chosen
}
admit() {
  booting=0 measured=0 waited=0
  [ -r /proc/pressure/cpu ] || cores=$(nproc)
  adapt
  adopt
  while :; do
    wave
    sleep 0.3 >/dev/null
  done
}
IFS= read -r every
read -r limit least most
quick=
while read -r index domain routes && [ -n "$index" ]; do
  echo "$domain $routes" >"$work/guest.$index"
  for pair in $routes; do
    link=${pair%%,*}
    case " $quick " in *" $link "*) ;; *) quick="$quick $link"; quicken "$every" "$link" 2>/dev/null;; esac
  done
done
admit </dev/null &
while read -r verb index; do
  case $verb in
  admit) : >"$work/waits/$index";;
  leave) : >"$work/left.$index";;
  esac
done
exit 0 # the runner ends what is still running: a process id kept here may be another's by now
