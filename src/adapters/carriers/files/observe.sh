# shellcheck shell=sh
# The manifests, and the files and images that are there.
section records
for folder in "$HOST_ROOT"/deployments/${DEPLOYMENT:-*}; do
  [ ! -d "$folder/manifest" ] || find "$folder/manifest" -name '*.json' -exec grep -h . {} +
done
section files
for folder in "$HOST_ROOT"/deployments/${DEPLOYMENT:-*}; do
  [ ! -d "$folder" ] || find "$folder" -path "$folder/manifest" -prune -o -printf '%y %s %p\n' || failed files
done
[ ! -d "$IMAGES" ] || find "$IMAGES" -maxdepth 1 -type f \( -name '*.qcow2' -o -name '*.raw' \) -printf 'f %s %p\n' || failed files
