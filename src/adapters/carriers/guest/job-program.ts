import { quoteArgv } from '../../runner/quote.ts';

/** Jobs lie on the guest's persistent disk: what a script did is there too. */
const jobsFolder = '/var/lib/kvm-compose/jobs';

/** Words of this mark on standard error come from the program, all else is the guest's. */
export const jobMark = 'kc-job';

/**
 * What both programs know of a job. POSIX shell that busybox runs too. A job is the process that made the folder
 * `claim`, so however often it is started, it runs once; its identity holds the guest's boot, so a pid that was given
 * to another process is never taken for it. Claim and end are written through to the disk: when the power fails, a
 * script that is known to have ended has left its effects, and one that began is known to have begun.
 */
const common = `set -u
umask 077
dir=${jobsFolder}/$1
say() { printf '${jobMark} %s\\n' "$*" >&2; }
read -r this_boot </proc/sys/kernel/random/boot_id
start_of() {
  { IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  rest=\${stat##*) }
  case $rest in Z*|X*) return 1;; esac
  set -- $rest
  start=\${20}
}
pid=
alive() {
  { read -r pid started boot <"$dir/pid"; } 2>/dev/null || return 1
  [ "$boot" = "$this_boot" ] && start_of "$pid" && [ "$start" = "$started" ]
}
nap() { sleep 0.1 2>/dev/null || sleep 1; }
`;

const wrapper = `dir=$1 file=$2
mkdir "$dir/claim" 2>/dev/null || exit 0
trap "" HUP
read -r boot </proc/sys/kernel/random/boot_id
IFS= read -r stat <"/proc/$$/stat"
set -- \${stat##*) }
printf "%s %s %s\\n" $$ "\${20}" "$boot" >"$dir/pid.new" && mv "$dir/pid.new" "$dir/pid"
sync
umask 022
shell=sh
command -v bash >/dev/null 2>&1 && shell=bash
"$shell" "$file" >>"$dir/log" 2>&1 </dev/null
echo $? >"$dir/exit.new"
sync
mv "$dir/exit.new" "$dir/exit"
`;

/**
 * `JOB FILE RUN BYTES WHEN FROM NAME`: starts the job unless it was started, with the script from standard input, then
 * prints its log from byte FROM on, and says how it ended. What an earlier run left is adopted while it runs; what
 * ended badly then, or is to run on every up, is begun anew.
 */
const followProgram = `${common}
file=/tmp/$2 run=$3 bytes=$4 when=$5 from=$6 name=$7
settle() { # a claim whose process has not said yet who it is; ten seconds, for guests that are slow
  tries=0
  while [ ! -e "$dir/pid" ] && [ ! -e "$dir/exit" ] && [ $tries -lt 100 ]; do nap; tries=$((tries + 1)); done
}
[ -d "$dir" ] || mkdir -p "$dir" || { say refused; exit 1; }
known=
{ read -r known <"$dir/run"; } 2>/dev/null
if [ -d "$dir/claim" ]; then
  settle
  if [ "$known" = "$run" ]; then say adopted
  elif alive; then say adopted
  else
    code=
    { read -r code <"$dir/exit"; } 2>/dev/null
    if [ "$code" = 0 ] && [ "$when" = once ]; then say already; exit 0; fi
    rm -rf "$dir" && mkdir "$dir" || { say refused; exit 1; }
  fi
fi
if [ ! -d "$dir/claim" ]; then
  new=/tmp/.kc-$$
  rm -f "$new"
  cat >"$new"
  [ "$(wc -c <"$new")" -eq "$bytes" ] || { rm -f "$new"; say cut; exit 1; }
  chmod 755 "$new"
  mv -f "$new" "$file" || { say refused; exit 1; }
  : >>"$dir/log"
  cat >"$dir/wrapper" <<'WRAPPER'
${wrapper}WRAPPER
  echo "$run" >"$dir/run"
  printf '%s\\n' "$name" >"$dir/name"
  if command -v setsid >/dev/null 2>&1; then setsid sh "$dir/wrapper" "$dir" "$file" </dev/null >/dev/null 2>&1 &
  else sh "$dir/wrapper" "$dir" "$file" </dev/null >/dev/null 2>&1 & fi
  settle
  say started
fi
echo "$run" >"$dir/run"
echo $$ >"$dir/follower"
exec 3<"$dir/log"
[ "$from" -gt 0 ] && tail -c "+$((from + 1))" <&3
while :; do
  over=
  if [ -e "$dir/exit" ]; then over=ended
  elif ! alive; then
    over=interrupted
    [ -e "$dir/exit" ] && over=ended
  fi
  cat <&3 || exit 1
  [ -n "$over" ] && break
  read -r follower <"$dir/follower"
  [ "$follower" = $$ ] || exit 0
  nap
done
code=
[ "$over" = ended ] && read -r code <"$dir/exit"
say "$over" "$code"
`;

/** `NAME`: kills the jobs of one script, with everything they started, unless they have ended. */
const killProgram = `${common}
name=$1
for dir in ${jobsFolder}/*; do
  { IFS= read -r known <"$dir/name"; } 2>/dev/null || continue
  [ "$known" = "$name" ] && [ ! -e "$dir/exit" ] || continue
  if alive; then
    kill -TERM "-$pid" 2>/dev/null || kill -TERM "$pid"
    tries=0
    while alive && [ $tries -lt 30 ]; do nap; tries=$((tries + 1)); done
    kill -KILL "-$pid" 2>/dev/null
  fi
  [ -e "$dir/exit" ] || echo cancelled >"$dir/exit"
done
exit 0
`;

/** As root, whoever logs in; one word for the login shell, so that it reads nothing in another way. */
function asRoot(program: string, words: readonly string[]): string {
  const command = quoteArgv(['sh', '-c', program, 'kc-job', ...words]);
  return `if [ "$(id -u)" = 0 ]; then exec ${command}; else exec sudo -n ${command}; fi`;
}

/** What a job is started with. */
export interface JobStart {
  readonly job: string;
  /** Name of the script as a resource: by it the job is found again to be killed. */
  readonly name: string;
  /** Name of the script under /tmp. */
  readonly file: string;
  /** Changes from run to run: within one a job is adopted, whatever it came to. */
  readonly run: string;
  readonly bytes: number;
  readonly when: 'once' | 'every-up';
  /** Bytes of the log that are known already. */
  readonly from: number;
}

/** The command that starts or adopts a job and follows it. */
export function followCommand({ job, name, file, run, bytes, when, from }: JobStart): string {
  return asRoot(followProgram, [job, file, run, String(bytes), when, String(from), name]);
}

/** The command that kills a script's jobs. */
export function killCommand(name: string): string {
  return asRoot(killProgram, [name]);
}
