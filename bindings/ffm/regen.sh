#!/bin/sh
# Regenerates src/gen/java from native/include/tokapu.h. README.md says where jextract comes from and what was learned.
#   JEXTRACT=/path/to/bin/jextract bindings/ffm/regen.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
header=$here/../../native/include/tokapu.h
jextract=${JEXTRACT:-jextract}
command -v "$jextract" >/dev/null || {
    echo "regen.sh: no '$jextract'. Put jextract on PATH or set JEXTRACT to it." >&2
    exit 1
}
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

# The symbols: all of tokapu.h, nothing of the headers that it includes.
{
    sed -n 's/^TOKAPU_API int32_t \(tokapu_[a-z0-9_]*\)(.*/--include-function \1/p' "$header"
    sed -n 's/^typedef .*(\* *\(tokapu_[a-z_]*\))(.*/--include-typedef \1/p' "$header"
} >"$temp/includes"

"$jextract" --output "$temp/java" --target-package dev.tokapu.ffm.gen --header-class-name TokapuH \
    "@$temp/includes" "$header"

gen=$temp/java/dev/tokapu/ffm/gen
# Three lines do not fit: symbols come from the libraries of the class loader, they are found by a method that Java 22 does not
# have, and C_LONG, which stands for int64_t, is defined as C's long. Ours come from LoadedLibrary; C_LONG is 64 bits everywhere.
perl -0pi -e 's/SymbolLookup SYMBOL_LOOKUP = .*?;/dev.tokapu.ffm.LoadedLibrary SYMBOL_LOOKUP = dev.tokapu.ffm.LoadedLibrary.get();/s
    or die "no symbol lookup to replace"' "$gen/TokapuH.java"
perl -0pi -e 's/C_LONG = [^;]*;/C_LONG = ValueLayout.JAVA_LONG;/ or die "no C_LONG to replace"' "$gen/TokapuH\$shared.java"
perl -0pi -e 's/\n+\z/\n/' "$gen/TokapuH.java" # which ends in an empty line

rm -rf "$here/src/gen/java"
mkdir -p "$here/src/gen"
mv "$temp/java" "$here/src/gen/java"
find "$here/src/gen/java" -name '*.java' -exec wc -l {} +
