#!/bin/sh
# Fails when a platform jar lacks libraries: one that ./tokapu built for this machine alone must not reach anybody else.
#
# usage: require-complete.sh MANIFEST|FOLDER      as package-natives.sh wrote it, or out of a jar; a folder of several
set -eu
[ ! -d "$1" ] || set -- "$1"/*.mf
for manifest; do
    [ -f "$manifest" ] || { echo "There is no manifest $manifest" >&2; exit 1; }
done
if grep -q '^Tokapu-Missing-Libraries:' "$@"; then
    echo "The native libraries were built for this machine alone: build again without -Dtokapu.variants (mvn package)." >&2
    exit 1
fi
