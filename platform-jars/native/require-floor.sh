#!/bin/sh
# Fails when the libraries of a platform jar need a newer glibc or libstdc++ than users were promised: what a release is built
# with may be newer than the machines that it is for.
#
# usage: require-floor.sh MANIFEST      as package-natives.sh wrote it, or out of a jar; floors.txt has the promise
set -eu
here=$(cd "$(dirname "$0")" && pwd)

# entry NAME: the value of an entry of the manifest.
entry() {
    sed -n "s/^$1: \([^[:space:]]*\).*/\1/p" "$manifest"
}
manifest=$1
platform=$(entry Tokapu-Platform)
floors=$(sed -n "s/^$platform  *//p" "$here/floors.txt")
[ -n "$floors" ] || { echo "floors.txt says nothing of $platform" >&2; exit 1; }
set -- $floors
for name in Glibc Glibcxx; do
    needed=$(entry "Tokapu-Needs-$name")
    if [ "$(printf '%s\n' "$1" "${needed:-0}" | sort -V | tail -n 1)" != "$1" ]; then
        echo "The libraries for $platform need $name $needed, but the floor is $1: build them on an older system (floors.txt)." >&2
        exit 1
    fi
    shift
done
