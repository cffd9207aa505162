# shellcheck shell=sh
# What both programs know of a job. POSIX shell that busybox runs too. A job is the process that made the folder
# `claim`, so however often it is started, it runs once; its identity holds the guest's boot, so a pid that was given
# to another process is never taken for it. Claim and end are written through to the disk: when the power fails, a
# script that is known to have ended has left its effects, and one that began is known to have begun.
set -u
umask 077
say() { printf '%s %s\n' "$MARK" "$*" >&2; }
read -r this_boot </proc/sys/kernel/random/boot_id
start_of() {
  { IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  rest=${stat##*) }
  case $rest in Z*|X*) return 1;; esac
  # shellcheck disable=SC2086 # its words are numbers
  set -- $rest
  start=${20}
}
pid=
alive() {
  # shellcheck disable=SC2154 # each program sets dir to the job it looks at
  { read -r pid started boot <"$dir/pid"; } 2>/dev/null || return 1
  [ "$boot" = "$this_boot" ] && start_of "$pid" && [ "$start" = "$started" ]
}
nap() { sleep 0.1 2>/dev/null || sleep 1; }
