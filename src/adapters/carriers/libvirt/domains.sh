# shellcheck shell=sh
# Functions that define, start and remove domains. XML comes as files in an archive on standard input.
: "${work:?}"
umask 077
mkdir "$work" || exit 1
tar -xf - -C "$work" && [ -e "$work/end" ] || exit 1
virsh_ list --all >"$work/list" || exit 1
while read -r _ name state; do
  case $name in */*|'') ;; *) echo "$state" >"$work/state.$name";; esac
done <"$work/list"
state_of() { state=; [ ! -e "$work/state.$1" ] || read -r state <"$work/state.$1"; }
find_ours() { # deployment, installation, names: writes down which of those that are there carry their mark; one virsh for all
  deployment=$1 installation=$2; shift 2
  asks=
  for name; do [ -e "$work/state.$name" ] && asks="$asks echo domain $name; metadata $name $METADATA;"; done
  [ -n "$asks" ] || return 0
  virsh_ "$asks" >"$work/marks" 2>/dev/null
  # virsh's echo ends no line, so a name without metadata is followed by the next name.
  while IFS= read -r line; do
    case $line in *"installation='$installation'"*|*"installation=\"$installation\""*) ;; *) continue;; esac
    case $line in
    *"deployment='$deployment'"*|*"deployment=\"$deployment\""*)
      name=${line%%<*}
      : >"$work/ours.${name##*domain }";;
    esac
  done <"$work/marks"
}
find_ports() { # deployment, installation: writes down the taps on bridges by the domain they were added for, and all of them
  ovs-vsctl --timeout=15 -f csv --no-headings -- --columns=name,external_ids \
    find Interface "external_ids:$LABEL_DEPLOYMENT=\"$1\"" "external_ids:$LABEL_INSTALLATION=\"$2\"" -- --columns=name list Interface >"$work/ports" || return 1
  plugged=' '
  while IFS= read -r line; do
    case $line in
    *"$PORT_OF"*)
      name=${line#*"$PORT_OF"}
      echo "${line%%,*}" >>"$work/ports.${name%%\"*}";;
    *,*) ;;
    *) plugged="$plugged$line ";;
    esac
  done <"$work/ports"
}
old_ports() { # name, taps to keep: the others are noted, to be unplugged in one transaction
  [ -e "$work/ports.$1" ] || return 1
  while read -r tap; do
    case " $2 " in *" $tap "*) ;; *) echo "$tap" >>"$work/old";; esac
  done <"$work/ports.$1"
}
unplug_old() { # writes down that it succeeded, for it may be done beside other things
  # shellcheck disable=SC2046 # names of taps
  [ ! -e "$work/old" ] || unplug $(cat "$work/old") || return 1
  : >"$work/unplugged"
}
ports_of_removed() { # name, taps of its cards
  state_of "$1"
  if [ -e "$work/ours.$1" ]; then
    for tap in $2; do case $plugged in *" $tap "*) echo "$tap" >>"$work/old";; esac; done
    old_ports "$1" "$2"
  elif [ -z "$state" ]; then old_ports "$1" ''
  fi
}
check_owner() { # name
  [ ! -e "$work/ours.$1" ] || return 0
  echo "a domain $1 that is not of this deployment and installation is there already"
  return "$ITEM_TAKEN"
}
exec 7>&1 # what items print is about the item; signs of life go past them
stop_domain() { # name, seconds: asks first, then pulls the plug
  read -r up rest </proc/uptime
  deadline=$((${up%.*} + $2))
  [ "$2" = 0 ] || virsh_ shutdown "$1" >/dev/null 2>&1
  while read -r up rest </proc/uptime && [ "${up%.*}" -lt $deadline ]; do
    case $(virsh_ domstate "$1" 2>/dev/null) in 'shut off'|'') return 0;; paused) break;; esac
    echo waits >&7
    sleep 0.3
  done
  said=$(virsh_ destroy "$1" 2>&1) && return 0
  [ "$(virsh_ domstate "$1" 2>/dev/null)" = 'shut off' ] || { echo "$said"; return 1; }
}
hold_domain() { # name, suspend or resume, what it carries about itself from then on
  state_of "$1"
  check_owner "$1" || return
  case "$2 $state" in
  'suspend paused'|'resume running'|'resume idle') said="$ITEM_ALREADY";;
  'suspend running'|'suspend idle'|'resume paused') said=0; virsh_ "$2" "$1" 2>&1 || return 1;;
  *) echo "it is $state"; return 1;;
  esac
  virsh_ metadata "$1" --uri "$METADATA" --live --config --key kc --set "$3" 2>&1 || return 1
  return "$said"
}
is_to_stop() { # whether it has to be restarted, whether it shall run, the boot a restart was asked of, name
  [ "$2" = yes ] || return 0
  [ "$1" = yes ] || return 1
  [ -n "$3" ] || return 0
  boot_of "$4"
  # shellcheck disable=SC2154 # boot_of sets it
  [ "$boot" = "$3" ]
}
make_domain() { # XML file, name, whether it has to be restarted, whether it shall run, console log, taps, seconds to stop, boot it is restarted from, second try
  state_of "$2"
  [ -z "$state" ] || check_owner "$2" || return
  case $state in running|paused|idle)
    if is_to_stop "$3" "$4" "$8" "$2"; then stop_domain "$2" "$7" || return 1; state=stopped; fi;;
  esac
  case $state in running|paused|idle) old_ports "$2" "$6"; return "$ITEM_ALREADY";; esac
  folder=${5%/*}
  [ -d "$folder" ] || (umask 066; mkdir -p "$folder") || return 1
  [ "$4" = yes ] && start="; start $2 --paused" || start=
  # One process for both. It goes on after an error of the first, so what it says counts.
  said=$(virsh_ "define $work/$1$start" 2>&1) && case $said in *error:*) false;; esac && { old_ports "$2" ''; return 0; }
  # A libvirt that was started a moment ago lists machines as off that it has not found running yet.
  case $said in *'already active'*) ;; *) echo "$said"; return 1;; esac
  [ -z "${9-}" ] || { echo "$said"; return 1; }
  virsh_ domstate "$2" >"$work/state.$2"
  make_domain "$1" "$2" "$3" "$4" "$5" "$6" "$7" "$8" again
}
end_machines() { # names: ends all of ours at once as libvirt would one by one, looking only every 200 ms whether one is gone
  pids=
  for name; do
    pid=
    [ ! -e "$work/ours.$name" ] || read -r pid 2>/dev/null <"/run/libvirt/qemu/$name.pid"
    [ -z "$pid" ] || pids="$pids${pids:+,}$pid"
  done
  # A process id may be another's by now: what it runs counts.
  [ -z "$pids" ] || ps -ww -o pid=,args= -p "$pids" | while read -r pid args; do
    name=${args#*guest=}
    [ ! -e "$work/ours.${name%%,*}" ] || kill "$pid" 2>/dev/null
  done
}
remove_domain() { # name, console log or nothing
  state_of "$1"
  said="$ITEM_ALREADY"
  if [ -n "$state" ]; then
    check_owner "$1" || return
    # Destroyed whatever the list said: a start that was under way may have come to its end since.
    virsh_ "destroy $1; undefine $1 --managed-save --snapshots-metadata --checkpoints-metadata --nvram" 2>&1 || return 1
    said=0
  fi
  [ ! -e "$work/ports.$1" ] || said=0
  [ -n "$2" ] || return "$said"
  for file in "$2" "$2".*; do
    if [ -e "$file" ]; then said=0; rm -f "$file" || return 1; fi
  done
  rmdir "${2%/*}" 2>/dev/null
  return "$said"
}
