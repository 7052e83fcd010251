#!/bin/sh
# The version of a release: Tokapu's own, of the tag, and llama.cpp's behind it (docs/packaging.md, 'Versions').
#
# usage: version.sh [--set] v0.1.0      prints 0.1.0-llama.0.5.0; --set writes it into the poms and the JBang example
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
set=
[ "${1:-}" != --set ] || { set=yes && shift; }
echo "${1:-}" | grep -qxE 'v[0-9]+\.[0-9]+\.[0-9]+' || { echo "version.sh: '${1:-}' is not a tag such as v0.1.0" >&2; exit 64; }
version=${1#v}-llama.$(sed -n 's/^set(TOKAPU_LLAMA_TAG "v\(.*\)").*/\1/p' "$root/CMakeLists.txt")
if [ -n "$set" ]; then
    old=$(sed -n 's,^    <version>\(.*\)</version>.*,\1,p' "$root/pom.xml" | head -n 1)
    find "$root" -name pom.xml ! -path '*/target/*' ! -path '*/node_modules/*' -exec sed -i "s,<version>$old</version>,<version>$version</version>," {} +
    sed -i "s,:$old,:$version," "$root/examples/jbang/Ask.java"
fi
echo "$version"
