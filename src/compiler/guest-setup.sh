#!/bin/sh
# Makes /etc/nocloud from the seed mounted at the folder given: context/, env and env.sh.
set -eu
seed=${1:?folder of the mounted seed}
to=/etc/nocloud
mkdir -p "$to"
if [ -f "$seed/context.tar.gz" ]; then
  rm -rf "$to/context.new"
  mkdir "$to/context.new"
  tar -xzf "$seed/context.tar.gz" -C "$to/context.new"
  rm -rf "$to/context"
  mv "$to/context.new" "$to/context"
fi
if [ -f "$seed/env" ]; then cat "$seed/env"; fi >"$to/env"
cat >"$to/env.sh.new" <<'END'
#!/bin/sh
# Prints the value of KEY in this guest's environment: env.sh KEY
while IFS= read -r line; do
  case $line in
  "${1:?KEY}="*)
    printf '%s\n' "${line#*=}"
    exit 0
    ;;
  esac
done </etc/nocloud/env
echo "env.sh: there is no $1" >&2
exit 1
END
chmod 0755 "$to/env.sh.new"
mv "$to/env.sh.new" "$to/env.sh"
