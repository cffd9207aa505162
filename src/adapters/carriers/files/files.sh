# shellcheck shell=sh
# Functions of the files carrier. Each thing is made under a temporary name and renamed; functions return 0 for done,
# 10 for already so, 11 for an image that has to be sent first. The umask lets QEMU pass through folders (0711) and
# keeps files to root (0600): libvirt hands a domain's files to QEMU's user when it starts the domain.
: "${work:?}"
umask 066
parent() { [ -d "${1%/*}" ] || mkdir -p "${1%/*}"; }
record() { # what was sent, path; 10 when the manifest says so already
  cmp -s "$work/$1" "$2" && return 10
  parent "$2" && mv -f "$work/$1" "$2"
}
listed() { # like record, but true both ways; said tells them apart
  record "$1" "$2"; said=$?
  [ $said = 0 ] || [ $said = 10 ]
}
make_folder() { # record, its path, folder, mode
  new=$([ -d "$3" ] || echo yes)
  mkdir -p "$3" || return 1
  [ "$(stat -c %a "$3")" = "${4#0}" ] || { chmod "$4" "$3" || return 1; new=yes; }
  listed "$1" "$2" || return 1
  [ -z "$new" ] || return 0
  return $said
}
make_overlay() { # record, its path, disk, base, format of the base, GiB more
  listed "$1" "$2" || return 1
  [ ! -e "$3" ] || return $said
  [ -r "$4" ] || { echo "its base $4 is not there"; return 1; }
  parent "$3" && rm -f "$3.part" && qemu-img create -q -f qcow2 -F "$5" -b "$4" "$3.part" && finished "$3" qcow2 "$6"
}
make_copy() { # like make_overlay
  listed "$1" "$2" || return 1
  [ ! -e "$3" ] || return $said
  [ -r "$4" ] || { echo "its base $4 is not there"; return 1; }
  parent "$3" && cp --reflink=auto --sparse=always --no-preserve=mode,ownership "$4" "$3.part" && finished "$3" "$5" "$6"
}
finished() { # disk, format, GiB more: gives it its size and its name
  if [ "$3" != 0 ]; then qemu-img resize -q -f "$2" "$1.part" "+$3G" || return 1; fi
  chmod 600 "$1.part" && mv -f "$1.part" "$1"
}
make_seed() { # record, its path, seed, folder of its files
  # Gone before the record changes: after a crash in between, an old seed must not pass for the new one.
  cmp -s "$work/$1" "$2" || rm -f "$3"
  listed "$1" "$2" || return 1
  [ ! -e "$3" ] || return $said
  parent "$3" && genisoimage -quiet -output "$3.part" -volid cidata -joliet -rock "$work/$4" &&
    chmod 600 "$3.part" && mv -f "$3.part" "$3"
}
link_image() { # record, its path, image, name in the cache; 11 and the bytes that are there when it has to be sent
  listed "$1" "$2" || return 1
  [ ! -e "$3" ] || return $said
  if [ ! -e "$IMAGES/$4" ]; then
    if [ -e "$IMAGES/$4.part" ]; then stat -c %s "$IMAGES/$4.part"; else echo 0; fi
    return 11
  fi
  parent "$3" && ln -f "$IMAGES/$4" "$3"
}
remove_file() { # path, its record
  [ -e "$1" ] || [ -e "$1.part" ] || [ -e "$2" ] || return 10
  rm -f "$1" "$1.part" && rm -f "$2"
}
remove_push() { # path, its record, first digits of the image's hash: what came of it so far is of use to nobody else
  for lock in "$IMAGES/$3"*.lock; do
    # shellcheck disable=SC2094 # the lock is only held open
    [ ! -e "$lock" ] || (flock -n 9 && rm -f "${lock%.lock}.part" "$lock") 9>>"$lock"
  done
  remove_file "$1" "$2"
}
remove_folder() { # path
  [ -e "$1" ] || return 10
  left=$(find "$1" -mindepth 1 \( -path "$1/manifest" -o -path "$1/console" \) -prune -o -not -type d -print | head -n 5)
  [ -z "$left" ] || { echo "it still holds $left"; return 1; }
  rm -rf "$1"
}
begin() {
  rm -rf "$work" && mkdir -p "$work" && chmod 700 "$work" && tar -xf - -C "$work" && [ -e "$work/end" ] || exit 1
}
finish() { rm -rf "$work"; rmdir "$HOST_ROOT/work" 2>/dev/null; exit 0; }
