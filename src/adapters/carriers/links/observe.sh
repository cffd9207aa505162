# shellcheck shell=sh
# Namespaces, and both ends of the pairs between them and the host.
section namespaces
for path in /run/netns/kc-*; do [ -e "$path" ] && echo "${path##*/}"; done
if has ip; then
  section outer
  ip -j link show type veth || failed links
  for path in /run/netns/kc-${DEPLOYMENT:-*}; do
    [ -e "$path" ] || continue
    section "inner ${path##*/}"; ip -j -n "${path##*/}" link show || failed links
  done
fi
