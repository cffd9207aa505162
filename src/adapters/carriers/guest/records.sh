#!/bin/sh
# Reads triples of lines: path, domain, record. With a domain the record gets the boot it is true for, and when the
# domain does not run nothing is written. Without a record the file is removed if it is of the deployment and the
# installation that then stand in place of the domain. Says by number what was not as usual: `was N RECORD` of what was
# removed, `foreign N` of what was not, `down N` of what was not written.
number=-1
while IFS= read -r path && IFS= read -r domain && IFS= read -r line; do
  number=$((number + 1))
  if [ -z "$line" ]; then
    was=
    { IFS= read -r was <"$path"; } 2>/dev/null
    case $was in
    '') ;;
    *"\"mark\":{\"deployment\":\"${domain% *}\","*"\"installation\":\"${domain#* }\""*) printf 'was %s %s\n' $number "$was";;
    *) echo "foreign $number"; continue;;
    esac
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
