#!/bin/sh
# Lays out the module of one compute backend for its classifier jar, if it was built; otherwise says in one line that there is none.
#
# usage: package-backend.sh CLASSIFIER CLASSES_FOLDER MANIFEST SOURCE_FOLDER
#
# The jar holds the module alone: at run time it needs the CPU's jar of the same version beside it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
classifier=$1 classes=$2 manifest=$3 source=$4

for module in "$source"/libggml-*.so; do
    if [ ! -f "$module" ]; then
        echo "[INFO] No backend $classifier was built: going on without its jar"
        rm -rf "$classes" "$manifest"
        exit 0
    fi
    for other in "$source"/lib*.so; do
        [ "$other" = "$module" ] || { echo "$source holds more than the module: ${other##*/}" >&2; exit 1; }
    done
done
[ -f "$source/module.properties" ] || { echo "$source has no module.properties: build the module with CMake" >&2; exit 1; }

"$here/package-natives.sh" "$classifier" all "$classes" "$manifest" "$source"
