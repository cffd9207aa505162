#!/bin/sh
# `NAME`: kills the jobs of one script, with everything they started, unless they have ended.
name=$1 pid=''
for dir in "$JOBS"/*; do
  { IFS= read -r known <"$dir/name"; } 2>/dev/null || continue
  { [ "$known" = "$name" ] && [ ! -e "$dir/exit" ]; } || continue
  if alive; then
    kill -TERM "-$pid" 2>/dev/null || kill -TERM "$pid"
    tries=0
    while alive && [ $tries -lt 30 ]; do nap; tries=$((tries + 1)); done
    kill -KILL "-$pid" 2>/dev/null
  fi
  [ -e "$dir/exit" ] || echo cancelled >"$dir/exit"
done
exit 0
