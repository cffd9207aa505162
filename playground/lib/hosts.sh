# A host's life: a process (its init, PID 1 of its own namespaces) and a folder (its disks). Sourced by playground.

# Prints the init's pid as this machine sees it. Its command line names the folder: a pid used again is not mistaken.
pid_of() {
  local folder pid cmdline
  folder=$(folder_of "$1")
  pid=$(cat "$folder/pid" 2>/dev/null) && [ -n "$pid" ] || return 1
  cmdline=$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline") || return 1
  [[ $cmdline == *"host/init $folder "* ]] && echo "$pid"
}

has_pid() { pid_of "$1" >/dev/null; }

start_host() {
  has_pid "$1" || boot_host "$1"
  plug "$1" "$(pid_of "$1")"
}

boot_host() {
  local name=$1 folder
  folder=$(folder_of "$name")
  mkdir -p "$folder"
  chmod 711 "$folder"
  rm -f "$folder/ready" "$folder/pid"
  host_key "$name"
  unplug "$name"
  # Closed descriptors: whoever waits for the end of our output must not wait for the hosts.
  setsid unshare --net --mount --uts --ipc --pid --fork --kill-child --propagation private \
    bash "$here/host/init" "$folder" "$name" "$(index_of "$name")" "$net" "$state/id.pub" \
    </dev/null >"$folder/boot.log" 2>&1 8>&- &
  until_true 10 has_pid "$name" || fail "host $name does not start: $(tail -3 "$folder/boot.log")"
}

answers() { timeout 2 bash -c "exec 3<>/dev/tcp/$1/22 && read -r -u 3 banner && [[ \$banner == SSH-* ]]"; }

await_host() {
  local folder
  folder=$(folder_of "$1")
  until_true 60 test -e "$folder/ready" || fail "host $1 is not ready, see $folder/boot.log: $(tail -3 "$folder/boot.log")"
  until_true 20 answers "$(address_of "$1")" || fail "host $1 does not answer ssh at $(address_of "$1")"
}

# Every running host has to be known to OVN before anybody places a guest there. Without main there is nobody to ask.
await_chassis() {
  local name
  has_pid main || return 0
  for name in $(made_hosts); do
    has_pid "$name" || continue
    until_true 30 knows_chassis "$name" || fail "OVN does not know chassis $name, see $(folder_of "$name")/fs/var/log/ovn"
  done
}

knows_chassis() { [ -n "$(inside main ovn-sbctl --timeout=5 --bare --columns=name find chassis "name=$1")" ]; }

# A namespace's first process takes all others with it; the kernel then takes mounts and links away.
kill_host() {
  local pid
  pid=$(pid_of "$1") || return 0
  kill -KILL "$pid"
  # A dead process that nobody has waited for keeps its /proc folder, but no program.
  until_true 20 dead "$pid" || fail "processes of host $1 do not end"
  unplug "$1"
}

dead() { ! readlink "/proc/$1/exe" >/dev/null 2>&1; }

inside() {
  local name=$1 pid
  shift
  pid=$(pid_of "$name") || { echo "playground: host $name is down" >&2; return 125; }
  nsenter --target "$pid" --mount --uts --ipc --net --pid --root --wd=/ "$@"
}

exec_in_host() {
  local name=$1 pid
  shift
  is_made "$name" || fail "there is no host $name"
  pid=$(pid_of "$name") || fail "host $name is down"
  exec nsenter --target "$pid" --mount --uts --ipc --net --pid --root --wd=/ "$@"
}

describe_host() {
  if ! has_pid "$1"; then
    printf '%-5s %-14s down\n' "$1" "$(address_of "$1")"
    return 1
  fi
  printf '%-5s %-14s pid %s, %s domains, bridges %s\n' "$1" "$(address_of "$1")" "$(pid_of "$1")" \
    "$(inside "$1" virsh -q list 2>/dev/null | wc -l)" "$(inside "$1" ovs-vsctl --timeout=5 list-br 2>/dev/null | xargs)"
}
