#!/bin/sh
# The program that runs everything on a host, placed there by content hash. `serve` reads requests from standard input
# until it ends: `run KEY TOKEN SCRIPT_BYTES DATA_BYTES|-` takes the key over, runs the script that follows in its own
# process group and frames its exit code; `stop KEY TOKEN` kills that execution, or keeps it from starting. Words are
# hexadecimal or decimal, so no shell can read them in another way.
#
# The script's stdout is relayed by `cat`, with a second `cat` for the time after the connection died: work whose
# worker is gone goes on and is never stuck on a full pipe. Only a whole frame says that an execution ended.
set -u
umask 077
LC_ALL=C; export LC_ALL
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH
base=/run/kvm-compose/exec
self=$0
start_of() { # sets start to the start time of process $1; false when it is gone
  { IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  rest=${stat##*) }
  case $rest in Z*|X*) return 1;; esac
  # shellcheck disable=SC2086 # its words are numbers
  set -- $rest
  start=${20}
}
members() { # true when a live process of group $1 is left; zombies do not count
  kill -0 "-$1" 2>/dev/null || return 1
  for stat_file in /proc/[0-9]*/stat; do
    { IFS= read -r stat <"$stat_file"; } 2>/dev/null || continue
    rest=${stat##*) }
    case $rest in Z*|X*) continue;; esac
    group=${rest#* * }; group=${group%% *}
    [ "$group" = "$1" ] && return 0
  done
  return 1
}
ours() { # group $1 was led by a process started at $2: is what bears the number now still that group?
  if start_of "$1"; then [ "$start" = "$2" ]; else members "$1"; fi
}
end_group() { # false when it cannot be killed
  kill -TERM "-$1" 2>/dev/null
  tries=0
  while members "$1"; do
    tries=$((tries + 1))
    [ $tries -gt 500 ] && return 1
    [ $tries -gt 5 ] && kill -KILL "-$1" 2>/dev/null
    sleep 0.02
  done
}
lock() { exec 9>>"$base/lock.${key%"${key#??}"}"; flock 9; }
known() { # reads the registration of the key
  job_token='' leader='' started=''
  [ -e "$job" ] && read -r job_token leader started <"$job" && [ -n "$started" ]
}
frame() { # state, exit code
  err=
  [ -s "$own.err" ] && { err=$(tail -c 8192 "$own.err"; echo .); err=${err%.}; }
  printf 'kc:%s:%s:%s:%s\n%s' "$token" "$1" "$2" ${#err} "$err"
}
take() { # so many bytes of standard input and not one more, which `head -c` of busybox would do
  [ "$1" -lt 65536 ] || dd bs=65536 count=$(($1 / 65536)) iflag=fullblock 2>/dev/null
  [ $(($1 % 65536)) = 0 ] || dd bs=$(($1 % 65536)) count=1 iflag=fullblock 2>/dev/null
}
inner() { # leads the group: takes the key over, registers, reads script and data, becomes the script
  lock
  if known; then
    if ours "$leader" "$started"; then
      printf '%s %s %s\n' "$token" "$leader" "$started" >"$job" # so that the other one knows why it ends
      end_group "$leader" || { : >"$own.stuck"; exit 1; }
    fi
    rm -rf "$base/$job_token".*
  fi
  [ -e "$own.stop" ] && exit 143
  start_of $$
  printf '%s %s %s\n' "$token" $$ "$start" >"$job"
  exec 9>&-
  script=$(take "$script_bytes"; echo .)
  script=${script%.}
  if [ "$data_bytes" != - ]; then
    [ "$data_bytes" -gt 0 ] && take "$data_bytes" >"$own.data"
    IFS= read -r mark || mark=
    [ "$mark" = "$token" ] || exit 1
    if [ "$data_bytes" -gt 0 ]; then exec <"$own.data"; else exec </dev/null; fi
  fi
  : >"$own.whole"
  # shellcheck disable=SC2034 # for the script
  work=$own.work
  set --
  eval "$script"
}
lead() { setsid sh "$self" inner "$key" "$token" "$script_bytes" "$data_bytes" <&5 2>"$own.err" 3>&- 4>&- 5<&-; }
end_rest() { # what the script left running would hold its output open for ever
  known && [ "$job_token" = "$token" ] && members "$leader" && kill -KILL "-$leader" 2>/dev/null && end_group "$leader"
}
run() {
  exec 3>&1 5<&0
  code=$({ { lead; echo $? >&4; end_rest; } | { exec 4>&- 5<&-; cat >&3; cat >/dev/null; }; } 4>&1)
  exec 3>&- 5<&-
  state='exit'
  if ! known || [ "$job_token" != "$token" ]; then state=taken; elif [ ! -e "$own.whole" ]; then state='cut'; fi
  for reason in stop stuck; do [ -e "$own.$reason" ] && state=$reason; done
  (frame $state "$code") # a connection that died meanwhile ends this subshell only, and the rest is tidied up
  lock
  known && [ "$job_token" = "$token" ] && rm -f "$job"
  exec 9>&-
  rm -f "$own.err" "$own.data" "$own.whole" "$own.stop" "$own.stuck"
  [ ! -e "$own.work" ] || rm -rf "$own.work"
  [ $state = exit ] && [ "$data_bytes" != - ] || exit 0
}
stop() {
  : >"$own.stop"
  lock
  state=absent
  if known && [ "$job_token" = "$token" ]; then
    state=stop
    if ours "$leader" "$started"; then end_group "$leader" || state=stuck; fi
  fi
  exec 9>&-
  frame $state 0
}
case $1 in
serve)
  mkdir -p "$base" || exit 1
  # A stop whose execution never arrived has nobody who tidies it up.
  find "$base" -name '*.stop' -mmin +60 -exec rm -f {} +
  trap : PIPE HUP # a connection that is gone ends the program when it reads on, not while it tidies up
  printf 'kc:ready\n'
  while IFS=' ' read -r verb key token script_bytes data_bytes; do
    job=$base/job.$key own=$base/$token
    case $verb in run) run; ran=$own;; stop) stop;; *) exit 1;; esac
  done
  # A stop that came when the execution was over: whoever sent it closes this connection afterwards.
  [ -z "${ran-}" ] || rm -f "$ran.stop"
  ;;
inner)
  key=$2 token=$3 script_bytes=$4 data_bytes=$5 job=$base/job.$2 own=$base/$3
  inner
  ;;
esac
