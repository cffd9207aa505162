import { hostRoot } from '../../../model/host.ts';
import { itemCodes, itemFunction } from '../items.ts';

/** The host's cache of verified images, by content. */
const imageCache = `${hostRoot}/images`;

/**
 * Functions of the files carrier. Each thing is made under a temporary name and renamed; functions return 0 for done,
 * 10 for already so, 11 for an image that has to be sent first. The umask lets QEMU pass through folders (0711) and
 * keeps files to root (0600): libvirt hands a domain's files to QEMU's user when it starts the domain.
 */
export const fileFunctions = `
umask 066
work=${hostRoot}/work/$work_name
${itemFunction}parent() { [ -d "\${1%/*}" ] || mkdir -p "\${1%/*}"; }
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
  [ "$(stat -c %a "$3")" = "\${4#0}" ] || { chmod "$4" "$3" || return 1; new=yes; }
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
cached() { # names in the cache; 11, with the names of those that have to be sent and the bytes of them that are there
  lacks=
  for name; do
    [ ! -e "${imageCache}/$name" ] || continue
    there=0; [ ! -e "${imageCache}/$name.part" ] || there=$(stat -c %s "${imageCache}/$name.part")
    lacks="$lacks$name $there "
  done
  [ -n "$lacks" ] || return 0
  echo "$lacks"
  return ${itemCodes.send}
}
make_seed() { # record, its path, seed, folder of its files; for each of its large files its name and the one in the cache
  # Gone before the record changes: after a crash in between, an old seed must not pass for the new one.
  cmp -s "$work/$1" "$2" || rm -f "$3"
  listed "$1" "$2" || return 1
  [ ! -e "$3" ] || return $said
  seed=$3 files=$work/$4; shift 4
  large=; for word; do case $word in *.blob) large="$large $word";; esac; done
  cached $large || return
  while [ $# -gt 1 ]; do
    # A use counts: what no seed was made of for long is dropped.
    touch -c "${imageCache}/$2"
    ln -f "${imageCache}/$2" "$files/$1" 2>/dev/null || cp --reflink=auto "${imageCache}/$2" "$files/$1" || return 1
    shift 2
  done
  parent "$seed" && genisoimage -quiet -output "$seed.part" -volid cidata -joliet -rock "$files" &&
    chmod 600 "$seed.part" && mv -f "$seed.part" "$seed"
}
drop_blobs() { # large files of seeds: a seed holds its own copy
  find "${imageCache}" -maxdepth 1 -name '*.blob*' -mtime +7 -exec rm -f {} + 2>/dev/null
}
link_image() { # record, its path, image, name in the cache; 11 and the bytes that are there when it has to be sent
  listed "$1" "$2" || return 1
  [ ! -e "$3" ] || return $said
  cached "$4" || return
  parent "$3" && ln -f "${imageCache}/$4" "$3"
}
owned_by() { deployment=$1 installation=$2; }
owned() { # record: false, with the reason, unless it says that this deployment and this installation made it
  line=
  { IFS= read -r line <"$1"; } 2>/dev/null
  case $line in *"\\"mark\\":{\\"deployment\\":\\"$deployment\\","*"\\"installation\\":\\"$installation\\""*) return 0;; esac
  echo "the manifest does not say that it is of this deployment and installation"
  return ${itemCodes.taken}
}
remove_file() { # path, its record
  [ -e "$1" ] || [ -e "$1.part" ] || [ -e "$2" ] || return 10
  owned "$2" || return
  rm -f "$1" "$1.part" && rm -f "$2"
}
remove_push() { # path, its record, first digits of the image's hash: what came of it so far is of use to nobody else
  [ ! -e "$2" ] || owned "$2" || return
  for lock in "${imageCache}/$3"*.lock; do
    [ ! -e "$lock" ] || (flock -n 9 && rm -f "\${lock%.lock}.part" "$lock") 9>>"$lock"
  done
  remove_file "$1" "$2"
}
remove_folder() { # path
  [ -e "$1" ] || return 10
  for record in "$1"/manifest/*.json; do [ ! -e "$record" ] || owned "$record" || return; done
  left=$(find "$1" -mindepth 1 \\( -path "$1/manifest" -o -path "$1/console" \\) -prune -o -not -type d -print | head -n 5)
  [ -z "$left" ] || { echo "it still holds $left"; return 1; }
  rm -rf "$1"
}
begin() {
  rm -rf "$work" && mkdir -p "$work" && chmod 700 "$work" && tar -xf - -C "$work" && [ -e "$work/end" ] || exit 1
}
finish() { rm -rf "$work"; rmdir ${hostRoot}/work 2>/dev/null; exit 0; }
`;

/** Receives the rest of an image on standard input and gives it its name only when its content is right. */
export const receiveScript = `
umask 066
read -r name; read -r sha256; read -r size; read -r offset; read -r source
mkdir -p ${imageCache}
part=${imageCache}/$name.part final=${imageCache}/$name
# Whoever held the lock before may have removed its file: then it keeps nobody out any more.
until [ "$final.lock" -ef /dev/fd/9 ]; do exec 9>>"$final.lock"; flock 9; done
[ ! -e "$final" ] || exit 0
if [ -n "$source" ]; then
  cp --reflink=auto --sparse=always --no-preserve=mode,ownership "$source" "$part" || exit 1
else
  there=0; [ ! -e "$part" ] || there=$(stat -c %s "$part")
  if [ "$there" != "$offset" ]; then echo "somebody else sent some of it" >&2; exit 75; fi
  cat >>"$part" || exit 1
fi
there=$(stat -c %s "$part")
if [ "$there" -lt "$size" ]; then echo "$there of $size bytes came" >&2; exit 75; fi
sum=$(sha256sum <"$part") || exit 1
if [ "\${sum%% *}" != "$sha256" ]; then
  rm -f "$part" "$final.lock"
  echo "its content has the hash \${sum%% *}" >&2
  exit 76
fi
# QEMU reads images; the files of seeds may be anything.
case $name in *.blob) mode=600;; *) mode=644;; esac
chmod $mode "$part" && mv -f "$part" "$final" && rm -f "$final.lock"
`;
