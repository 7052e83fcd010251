#!/bin/sh
# Writes src/gen/java anew: regen.sh [LLAMA_DIR]
#
# LLAMA_DIR is the source tree of the pinned llama.cpp release, by default the one that the native build has fetched; JEXTRACT
# names jextract when it is not on the PATH.
# With --list instead of generating, prints every symbol of the headers in the form of includes.txt.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
jextract=${JEXTRACT:-jextract}
list=
if [ "${1:-}" = --list ]; then
    list=1
    shift
fi
llama=${1:-$(cat "$here/../../native/target/llama-source.path")}
command -v "$jextract" >/dev/null || { echo "no '$jextract': put jextract on the PATH or set JEXTRACT to it" >&2; exit 1; }
for header in include/llama.h ggml/include/ggml-backend.h ggml/include/gguf.h tools/mtmd/mtmd.h; do
    [ -f "$llama/$header" ] || { echo "$llama has no $header: not a llama.cpp source tree" >&2; exit 1; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
printf '#include "%s"\n' llama.h ggml-backend.h gguf.h mtmd.h >"$work/raw.h"
set -- -I "$llama/include" -I "$llama/ggml/include" -I "$llama/tools/mtmd"

if [ -n "$list" ]; then
    "$jextract" "$@" --dump-includes "$work/dump.txt" "$work/raw.h" 2>/dev/null
    sed -n "s|^\(--include-[a-z]* [A-Za-z0-9_]*\) *# header: $llama/.*/|\1 # |p" "$work/dump.txt"
    exit
fi

"$jextract" "$@" -t dev.tokapu.raw --header-class-name Llama --output "$work/out" "@$here/includes.txt" "$work/raw.h" \
    2>"$work/log" || { cat "$work/log" >&2; exit 1; }
# Opaque structs are skipped on purpose; anything else that jextract leaves out is a surprise.
if grep -v 'warning: Skipping [a-z_0-9]* (type Declared' "$work/log" | grep -q .; then
    grep -v 'warning: Skipping [a-z_0-9]* (type Declared' "$work/log" >&2
    exit 1
fi

out=$work/out/dev/tokapu/raw
# int64_t and size_t come out as C's long, which has 32 bits on Windows. These headers have no other long.
sed -i 's|C_LONG = (ValueLayout.OfLong) .*canonicalLayouts().get("long");|C_LONG = ValueLayout.JAVA_LONG;|' "$out/Llama\$shared.java"
grep -q 'C_LONG = ValueLayout.JAVA_LONG;' "$out/Llama\$shared.java"
# Symbols are looked up in our libraries, which RawLibraries loads at the first use.
# (findOrThrow would also need Java 23.)
sed -i -e 's|SYMBOL_LOOKUP\.findOrThrow(|RawLibraries.symbol(|' \
    -e '/static final SymbolLookup SYMBOL_LOOKUP/,/defaultLookup());/d' "$out/Llama.java"
if grep -n 'SYMBOL_LOOKUP' "$out"/*.java; then
    echo "jextract looks symbols up in a way that this script does not know" >&2
    exit 1
fi

rm -rf "$here/src/gen/java/dev/tokapu/raw"
mkdir -p "$here/src/gen/java/dev/tokapu"
mv "$out" "$here/src/gen/java/dev/tokapu/raw"
echo "written: $(ls "$here/src/gen/java/dev/tokapu/raw" | wc -l) files"
