#!/bin/sh
# Runs once per batch on the host. Reads the namespace and lines `index domain console` up to an empty one, then what
# lets the guests boot reads. Says when a console log grew or a QEMU is gone. Whoever holds standard output keeps the execution
# from ending, so what sleeps gives it away and what loops is killed.
mkdir "${work:?}" && export work || exit 1
IFS= read -r namespace
domains=
while IFS= read -r line && [ -n "$line" ]; do domains="$domains$line
"; done
watch_domains() {
  before=
  while :; do
    now=
    while read -r index domain console; do
      boot_of "$domain"
      size=$(stat -c %s -- "$console" 2>/dev/null)
      now="$now $index:${size:-0}:${boot:+up}"
    done <<LIST
${domains%?}
LIST
    [ "$now" = "$before" ] || echo "seen$now"
    before=$now
    sleep 2 >/dev/null
  done
}
watch_domains </dev/null &
watcher=$!
in_namespace() { if [ -n "$namespace" ]; then ip netns exec "$namespace" "$@"; else "$@"; fi; }
in_namespace sh -c "$ADMIT"
kill $watcher
exit 0
