# shellcheck shell=sh
# Sets `limit` to how many guests may boot from now on: the only arithmetic of the valve.
next_limit() { # limit, least, most, percent of the time in which something waited for a processor, guests that boot
  limit=$1
  if [ "$4" -ge 90 ] && [ "$1" -gt "$2" ]; then limit=$(($1 - 1))
  elif [ "$4" -lt 50 ] && [ "$5" -ge "$1" ] && [ "$1" -lt "$3" ]; then limit=$(($1 + 1))
  fi
  : "$limit"
}
