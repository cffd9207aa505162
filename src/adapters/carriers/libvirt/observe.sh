# shellcheck shell=sh
# Domains with their state and boot, then the XML of all of them by one process.
if has virsh; then
  section domains
  list=$(virsh -q -c qemu:///system list --all) || failed libvirt
  commands=
  while read -r _ name state; do
    case $name in '' | *[!A-Za-z0-9._-]*) continue;; "${DEPLOYMENT:+$DEPLOYMENT-}"*) ;; *) continue;; esac
    boot_of "$name"
    # shellcheck disable=SC2154 # boot_of sets it
    echo "$name|$state|$boot"
    commands="$commands dumpxml $name;"
  done <<END
$list
END
  section xml
  if [ -n "$commands" ]; then virsh -q -c qemu:///system "$commands" || failed libvirt; fi
fi
