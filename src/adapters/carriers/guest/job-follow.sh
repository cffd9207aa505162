#!/bin/sh
# `JOB FILE RUN BYTES WHEN FROM NAME`: starts the job unless it was started, with the script from standard input, then
# prints its log from byte FROM on, and says how it ended. What an earlier run left is adopted while it runs; what
# ended badly then, or is to run on every up, is begun anew.
dir=$JOBS/$1
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
    { rm -rf "$dir" && mkdir "$dir"; } || { say refused; exit 1; }
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
  printf %s "$WRAPPER" >"$dir/wrapper"
  echo "$run" >"$dir/run"
  printf '%s\n' "$name" >"$dir/name"
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
