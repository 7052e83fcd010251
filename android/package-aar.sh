#!/bin/sh
# Lays out an AAR: the classes of Tokapu and JavaCPP, and the libraries of each ABI that was built.
#
# usage: package-aar.sh AAR JAR... -- ABI=FOLDER...
#     package-aar.sh tokapu.aar tokapu.jar tokapu-spi.jar tokapu-jni.jar javacpp.jar -- arm64-v8a=native/target/android-arm64-v8a
#
# In the AAR: AndroidManifest.xml, R.txt, proguard.txt, classes.jar (the first jar), libs/*.jar (all others), jni/ABI/*.so. Libraries have
# to be aligned to 16 KiB, which Android 15 asks for; one that is not is refused.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 4 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
aar=$(realpath -m "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/library/AndroidManifest.xml" "$work/"
cp "$here/library/consumer-rules.pro" "$work/proguard.txt"
: >"$work/R.txt"
mkdir "$work/libs"
cp "$1" "$work/classes.jar"
shift
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    cp "$1" "$work/libs/"
    shift
done
[ $# -gt 1 ] || { echo "package-aar.sh: no ABI=FOLDER behind --" >&2; exit 64; }
shift
for abi; do
    folder=${abi#*=}
    mkdir -p "$work/jni/${abi%%=*}"
    for library in "$folder"/lib*.so; do
        [ -f "$library" ] || { echo "No libraries in $folder: build them first" >&2; exit 1; }
        # The alignment of a segment that is loaded is the last column.
        for alignment in $(readelf --wide --program-headers "$library" | sed -n 's/^ *LOAD .* \(0x[0-9a-f]*\)$/\1/p'); do
            [ $((alignment)) -ge 16384 ] || { echo "$library is aligned to $alignment, not to 16 KiB: link it with -z max-page-size=16384" >&2; exit 1; }
        done
        cp "$library" "$work/jni/${abi%%=*}/"
    done
done
rm -f "$aar"
# One fixed time, sorted: the same bytes again.
find "$work" -exec touch -d 2026-01-01T00:00:00Z {} +
(cd "$work" && find . -type f | sed 's,^\./,,' | LC_ALL=C sort | TZ=UTC zip -q -X -@ "$aar")
