#!/bin/sh
# Reads triples of lines: path, domain, record. Without a record the file is removed; with a domain the record gets the
# boot it is true for, and when the domain does not run nothing is written. Says by number what was not as usual:
# `was N RECORD` of what was removed, `down N` of what was not written.
number=-1
while IFS= read -r path && IFS= read -r domain && IFS= read -r line; do
  number=$((number + 1))
  if [ -z "$line" ]; then
    if IFS= read -r was <"$path"; then printf 'was %s %s\n' $number "$was"; fi 2>/dev/null
    rm -f -- "$path"
    continue
  fi
  if [ -n "$domain" ]; then
    boot_of "$domain"
    if [ -z "$boot" ]; then echo "down $number"; continue; fi
    line="{\"boot\":\"$boot\",${line#?}"
  fi
  folder=${path%/*}
  [ -d "$folder" ] || mkdir -- "$folder" 2>/dev/null || [ -d "$folder" ] || exit 1
  new=$folder/.new-$$
  printf '%s\n' "$line" >"$new" && mv -f -- "$new" "$path" || exit 1
done
