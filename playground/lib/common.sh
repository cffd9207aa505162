# Names, messages and the lock. Sourced by playground; uses its $state and $net.

say() { printf 'playground: %s\n' "$*"; }
fail() {
  printf 'playground: %s\n' "$*" >&2
  exit 1
}

elapsed() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }'; }

# Runs a command until it succeeds, or gives up after so many seconds.
until_true() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || return 1
    read -rt 0.05 <> <(:) || true # a sleep without a process
  done
}

# One change of a playground at a time. Whatever is started here must close descriptor 8, or it would hold the lock.
locked() {
  mkdir -p "$state/hosts"
  chmod 711 "$state" "$state/hosts"
  exec 8>"$state/lock"
  flock -w 120 8 || fail "another 'playground' command has held $state/lock for two minutes"
}

# Host 1 is main, the others are h2, h3 …
name_of() { if [ "$1" = 1 ]; then echo main; else echo "h$1"; fi; }
index_of() { if [ "$1" = main ]; then echo 1; else echo "${1#h}"; fi; }
address_of() { echo "$net.$(index_of "$1")"; }
folder_of() { echo "$state/hosts/$1"; }
is_made() { [[ $1 =~ ^(main|h[0-9]+)$ ]] && [ -d "$(folder_of "$1")" ]; }

# In their order; a host whose making was interrupted is one as well.
made_hosts() {
  local i
  for ((i = 1; i <= most; i++)); do
    if [ -d "$state/hosts/$(name_of "$i")" ]; then name_of "$i"; fi
  done
}

# Link names hold the network in hexadecimal: short enough for any, and no two playgrounds share one.
link_prefix() {
  local a b c
  IFS=. read -r a b c <<<"$net"
  printf 'pg%02x%02x%02x' "$a" "$b" "$c"
}
bridge_name() { link_prefix; }
link_of() { echo "$(link_prefix)-$(index_of "$1")"; }

# A machine keeps its MAC over a power cut; its neighbours remember it.
mac_of() {
  local a b c
  IFS=. read -r a b c <<<"$net"
  printf '02:00:%02x:%02x:%02x:%02x' "$a" "$b" "$c" "$(index_of "$1")"
}
