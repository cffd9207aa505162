import { metadataNamespace } from '../../../model/domain-metadata.ts';
import { itemCodes, itemFunction } from '../items.ts';

/** Prints all domains with their states, then the rows of OVS interfaces as JSON. */
const tellState = `
tell() {
  virsh_ list --all | while read -r id name state; do echo "domain $name $state"; done
  printf 'interfaces '
  ovsdb-client --timeout=15 query unix:/run/openvswitch/db.sock '["Open_vSwitch",{"op":"select","table":"Interface","where":[],"columns":["name","external_ids"]}]'
}
virsh_() { virsh -q -c qemu:///system "$@"; }
`;

/** Functions that define, start and remove domains. XML comes as files in an archive on standard input. */
export const domainFunctions = `
umask 077
mkdir "$work" || exit 1
tar -xf - -C "$work" && [ -e "$work/end" ] || exit 1
${itemFunction}
${tellState}
virsh_ list --all >"$work/list" || exit 1
while read -r id name state; do
  case $name in */*|'') ;; *) echo "$state" >"$work/state.$name";; esac
done <"$work/list"
state_of() { state=; [ ! -e "$work/state.$1" ] || read -r state <"$work/state.$1"; }
find_ours() { # deployment, names: writes down which of those that are there carry its mark; one virsh for all
  deployment=$1; shift
  asks=
  for name; do [ -e "$work/state.$name" ] && asks="$asks echo domain $name; metadata $name ${metadataNamespace};"; done
  [ -n "$asks" ] || return 0
  virsh_ "$asks" >"$work/marks" 2>/dev/null
  # virsh's echo ends no line, so a name without metadata is followed by the next name.
  while IFS= read -r line; do
    case $line in
    *"deployment='$deployment'"*|*"deployment=\\"$deployment\\""*)
      name=\${line%%<*}
      : >"$work/ours.\${name##*domain }";;
    esac
  done <"$work/marks"
}
check_owner() { # name
  [ ! -e "$work/ours.$1" ] || return 0
  echo "a domain $1 that is not of this deployment is there already"
  return ${itemCodes.taken}
}
stop_domain() { # name: asks first, then pulls the plug
  virsh_ shutdown "$1" >/dev/null 2>&1
  tries=0
  while [ $tries -lt 50 ]; do
    case $(virsh_ domstate "$1" 2>/dev/null) in 'shut off'|'') return 0;; paused) break;; esac
    sleep 0.3; tries=$((tries + 1))
  done
  virsh_ destroy "$1" >/dev/null
}
make_domain() { # XML file, name, whether it has to be restarted, whether it shall run, console log, second try
  state_of "$2"
  [ -z "$state" ] || check_owner "$2" || return
  case $state in running|paused|idle)
    if [ "$3" = yes ] || [ "$4" = no ]; then stop_domain "$2" || return 1; state=stopped; fi;;
  esac
  case $state in running|paused|idle) return ${itemCodes.already};; esac
  folder=\${5%/*}
  [ -d "$folder" ] || (umask 066; mkdir -p "$folder") || return 1
  [ "$4" = yes ] && start="; start $2 --paused" || start=
  # One process for both. It goes on after an error of the first, so what it says counts.
  said=$(virsh_ "define $work/$1$start" 2>&1) && case $said in *error:*) false;; esac && return 0
  # A libvirt that was started a moment ago lists machines as off that it has not found running yet.
  case $said in *'already active'*) ;; *) echo "$said"; return 1;; esac
  [ -z "\${6-}" ] || { echo "$said"; return 1; }
  virsh_ domstate "$2" >"$work/state.$2"
  make_domain "$1" "$2" "$3" "$4" "$5" again
}
remove_domain() { # name, console log
  state_of "$1"
  said=${itemCodes.already}
  if [ -n "$state" ]; then
    check_owner "$1" || return
    # Destroyed whatever the list said: a start that was under way may have come to its end since.
    virsh_ "destroy $1; undefine $1 --managed-save --snapshots-metadata --checkpoints-metadata --nvram" 2>&1 || return 1
    said=0
  fi
  for file in "$2" "$2".*; do
    if [ -e "$file" ]; then said=0; rm -f "$file" || return 1; fi
  done
  rmdir "\${2%/*}" 2>/dev/null
  return $said
}
`;

/**
 * Binds taps to their logical ports in one transaction, waits until OVN has installed all of them, then lets all guests
 * go in one virsh. Data: lines `bind TAP PORT`, `wait TAP`, `resume NAME`.
 */
export const bindScript = `
${tellState}
set --
waits= resumes=
while read -r what name port; do
  case $what in
  bind) set -- "$@" -- --if-exists set Interface "$name" "external_ids:iface-id=\\"$port\\"";;
  wait) waits="$waits $name";;
  resume) resumes="$resumes resume $name;";;
  esac
done
if [ $# -gt 0 ]; then ovs-vsctl --timeout=20 "$@" || exit; fi
set --
for tap in $waits; do set -- "$@" -- wait-until Interface "$tap" 'external_ids:ovn-installed="true"'; done
if [ $# -eq 0 ] || ovs-vsctl --timeout=5 "$@" 2>/dev/null; then
  if [ -n "$resumes" ]; then virsh_ "$resumes" >/dev/null; fi
fi
tell
`;
