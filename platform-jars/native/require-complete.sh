#!/bin/sh
# Fails when a platform jar lacks libraries: one that ./tokapu built for this machine alone must not reach anybody else.
#
# usage: require-complete.sh MANIFEST      as package-natives.sh wrote it, or out of a jar
set -eu
if grep -q '^Tokapu-Missing-Libraries:' "$1"; then
    echo "The native libraries were built for this machine alone: build again without -Dtokapu.variants (mvn package)." >&2
    exit 1
fi
