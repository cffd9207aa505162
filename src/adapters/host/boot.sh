# shellcheck shell=sh
# `boot_of DOMAIN`: sets `boot` to what changes with every power-on of a domain, the pid and start time of its QEMU as
# `pid.start`, or to nothing when it does not run. No process is started, so it costs nothing.
boot_of() {
  boot=
  for boot_file in "/run/libvirt/qemu/$1.pid" "/var/run/libvirt/qemu/$1.pid"; do
    boot_pid=
    { IFS= read -r boot_pid <"$boot_file" || [ -n "$boot_pid" ]; } 2>/dev/null || continue
    { IFS= read -r boot_stat <"/proc/$boot_pid/stat"; } 2>/dev/null || return 0
    boot_rest=${boot_stat##*) }
    case $boot_rest in Z*|X*) return 0;; esac
    # shellcheck disable=SC2086 # its words are numbers
    set -- $boot_rest
    # shellcheck disable=SC2034 # for the caller
    boot=$boot_pid.${20}
    return 0
  done
}
