#!/bin/sh
# Receives the rest of an image on standard input and gives it its name only when its content is right.
umask 066
read -r name; read -r sha256; read -r size; read -r offset; read -r source
mkdir -p "$IMAGES"
part=$IMAGES/$name.part final=$IMAGES/$name
# Whoever held the lock before may have removed its file: then it keeps nobody out any more.
# shellcheck disable=SC3013 # dash and busybox know -ef
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
if [ "${sum%% *}" != "$sha256" ]; then
  rm -f "$part" "$final.lock"
  echo "its content has the hash ${sum%% *}" >&2
  exit 76
fi
chmod 644 "$part" && mv -f "$part" "$final" && rm -f "$final.lock"
