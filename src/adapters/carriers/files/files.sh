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
  parent "$3" && rm -f "$3.part" && with_images -s qemu-img create -q -f qcow2 -F "$5" -b "$4" "$3.part" && finished "$3" qcow2 "$6"
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
cached() { # names in the cache; ITEM_SEND, with the names of those that have to be sent and the bytes of them that are there
  lacks=
  for name; do
    [ ! -e "$IMAGES/$name" ] || continue
    there=0; [ ! -e "$IMAGES/$name.part" ] || there=$(stat -c %s "$IMAGES/$name.part")
    lacks="$lacks$name $there "
  done
  [ -n "$lacks" ] || return 0
  echo "$lacks"
  return "$ITEM_SEND"
}
make_seed() { # record, its path, seed, folder of its files; for each of its large files its name and the one in the cache
  # Gone before the record changes: after a crash in between, an old seed must not pass for the new one.
  cmp -s "$work/$1" "$2" || rm -f "$3"
  listed "$1" "$2" || return 1
  [ ! -e "$3" ] || return $said
  seed=$3 files=$work/$4; shift 4
  large=; for word; do case $word in *.blob) large="$large $word";; esac; done
  # shellcheck disable=SC2086 # names of the cache are hashes
  cached $large || return
  while [ $# -gt 1 ]; do
    # A use counts: what no seed was made of for long is dropped.
    touch -c "$IMAGES/$2"
    ln -f "$IMAGES/$2" "$files/$1" 2>/dev/null || cp --reflink=auto "$IMAGES/$2" "$files/$1" || return 1
    shift 2
  done
  parent "$seed" && genisoimage -quiet -output "$seed.part" -volid cidata -joliet -rock "$files" &&
    chmod 600 "$seed.part" && mv -f "$seed.part" "$seed"
}
drop_blobs() { # large files of seeds: a seed holds its own copy
  find "$IMAGES" -maxdepth 1 -name '*.blob*' -mtime +7 -exec rm -f {} + 2>/dev/null
}
with_images() { # -s: they stay as they are while the command runs; -x: it removes some; command
  [ -d "$IMAGES" ] || mkdir -p "$IMAGES" || return 1
  (flock "$1" 8 && shift && "$@") 8>>"$IMAGES/lock"
}
place_image() { with_images -s place_locked "$@"; }
place_locked() { # record, its path, image, its name by content; ITEM_SEND when it has to be sent. Listed first: that keeps it.
  listed "$1" "$2" || return 1
  [ ! -e "$3" ] || return $said
  [ -e "$IMAGES/$4" ] || take_older "${2%/manifest/*}" "$4"
  cached "$4" || return
  # A plan of release 0.1 asks for a link in the deployment's folder.
  [ -e "$3" ] || { parent "$3" && ln -f "$IMAGES/$4" "$3"; }
}
take_older() { # the deployment's folder, name by content: release 0.1 kept a link there, under the first digits of the hash
  older=$1/images/$(printf %.12s "$2").${2##*.}
  [ -e "$older" ] && sum=$(sha256sum <"$older") && [ "${sum%% *}" = "${2%.*}" ] && ln -f "$older" "$IMAGES/$2"
}
owned_by() { deployment=$1 installation=$2; }
owned() { # record: false, with the reason, unless it says that this deployment and this installation made it
  line=
  { IFS= read -r line <"$1"; } 2>/dev/null
  case $line in *"\"mark\":{\"deployment\":\"$deployment\","*"\"installation\":\"$installation\""*) return 0;; esac
  echo "the manifest does not say that it is of this deployment and installation"
  return "$ITEM_TAKEN"
}
remove_file() { # path, its record
  [ -e "$1" ] || [ -e "$1.part" ] || [ -e "$2" ] || return 10
  owned "$2" || return
  rm -f "$1" "$1.part" && rm -f "$2"
}
remove_image() { # its path, its record, first digits of its hash
  [ ! -e "$2" ] || owned "$2" || return
  # No other transfer goes on from what has arrived of it so far.
  for lock in "$IMAGES/$3"*.lock; do
    # shellcheck disable=SC2094 # the lock is only held open
    [ ! -e "$lock" ] || (flock -n 9 && rm -f "${lock%.lock}.part" "$lock") 9>>"$lock"
  done
  [ -e "$2" ] || return "$ITEM_ALREADY"
  rm -f "${2%/manifest/*}/images/$3".*
  with_images -x drop_images "$2"
}
wants() { # record that counts no more: names of the images that deployments want, or that disks and images stand on
  # A disk names what it stands on behind its header and its features, within a few hundred bytes.
  find "$HOST_ROOT/deployments" -path '*/manifest/*.json' ! -path "$1" -exec cat {} + &&
    find "$HOST_ROOT/deployments" -path '*/disks/*' -type f -exec head -q -c 8192 {} + &&
    find "$IMAGES" -type f -name '*.qcow2' -exec head -q -c 8192 {} +
}
drop_images() { # record that counts no more, and goes: with it all images that nothing wants or stands on
  # Another deployment's files may go while they are read; what could not be read is never taken for unwanted.
  wants "$1" >"$work/wants" 2>/dev/null || wants "$1" >"$work/wants" || return 1
  wanted=$(grep -aoE '/images/[0-9a-f]{64}\.(qcow2|raw)' "$work/wants" | sort -u)
  for image in "$IMAGES"/*.qcow2 "$IMAGES"/*.raw; do
    case "$wanted" in *"/images/${image##*/}"*) ;; *) rm -f "$image" || return 1;; esac
  done
  rm -f "$1" "$work/wants"
}
remove_folder() { # path
  [ -e "$1" ] || return 10
  for record in "$1"/manifest/*.json; do [ ! -e "$record" ] || owned "$record" || return; done
  left=$(find "$1" -mindepth 1 \( -path "$1/manifest" -o -path "$1/console" \) -prune -o -not -type d -print | head -n 5)
  [ -z "$left" ] || { echo "it still holds $left"; return 1; }
  rm -rf "$1"
}
begin() {
  # Another one that ends removes the folder above while it is empty: made again, it is not empty any more.
  rm -rf "$work" && { mkdir -p "$work" || mkdir -p "$work"; } && chmod 700 "$work" && tar -xf - -C "$work" && [ -e "$work/end" ] || exit 1
}
finish() { rm -rf "$work"; rmdir "$HOST_ROOT/work" 2>/dev/null; exit 0; }
