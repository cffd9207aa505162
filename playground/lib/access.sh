# Keys and the files by which others reach the hosts. Sourced by playground.

# Written under another name first: a reader never sees half a file.
put() {
  cat >"$1.new"
  chmod "${2:-644}" "$1.new"
  mv "$1.new" "$1"
}

new_key() { # file, comment
  [ -s "$1.pub" ] && [ -s "$1" ] && return
  rm -f "$1" "$1.pub"
  ssh-keygen -q -t ed25519 -N '' -C "$2" -f "$1"
}

keys() { new_key "$state/id" playground; }

host_key() { new_key "$(folder_of "$1")/host_key" "$1"; }

# known_hosts, ssh_config and hosts.yaml of all hosts made so far.
write_access() {
  local name
  for name in $(made_hosts); do
    echo "$(address_of "$name") $(cut -d' ' -f1,2 "$(folder_of "$name")/host_key.pub")"
  done | put "$state/known_hosts"
  for name in $(made_hosts); do
    printf 'Host %s %s\n  HostName %s\n  HostKeyAlias %s\n' "$name" "$(address_of "$name")" "$(address_of "$name")" "$(address_of "$name")"
    printf '  User root\n  IdentityFile %s\n  IdentitiesOnly yes\n' "$state/id"
    printf '  UserKnownHostsFile %s\n  StrictHostKeyChecking yes\n' "$state/known_hosts"
  done | put "$state/ssh_config"
  {
    printf 'main: main\nhosts:\n'
    for name in $(made_hosts); do
      printf '  %s: { address: %s, connection: ssh, user: root, port: 22, identity_file: "%s", known_hosts_file: "%s", accelerator: auto }\n' \
        "$name" "$(address_of "$name")" "$state/id" "$state/known_hosts"
    done
  } | put "$state/hosts.yaml"
}
