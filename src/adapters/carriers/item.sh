# shellcheck shell=sh
# `item INDEX NEEDS COMMAND…`: runs the command and prints one line about it. An item that needs a failed one is skipped.
# `$work` is a folder of this execution; parallel items tell each other through it.
: "${work:?}"
item() {
  index=$1 needs=$2; shift 2
  for need in $needs; do
    if [ -e "$work/failed.$need" ]; then : >"$work/failed.$index"; echo "$index skipped"; return 0; fi
  done
  message=$("$@" 2>&1); status=$?
  case $status in
  "$ITEM_DONE") echo "$index done";;
  "$ITEM_ALREADY") echo "$index already";;
  *) : >"$work/failed.$index"
    printf '%s failed %s %s\n' "$index" "$status" "$(printf %s "$message" | tail -c 1500 | tr '\n' ' ')";;
  esac
}
