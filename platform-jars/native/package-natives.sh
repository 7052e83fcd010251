#!/bin/sh
# Lays out the libraries of one platform as the classifier jar carries them, with the list that the loader verifies.
#
# usage: package-natives.sh PLATFORM all|machine CLASSES_FOLDER MANIFEST SOURCE_FOLDER...
#
# all: where there is a PLATFORM.libraries, exactly the libraries that it names must be there. machine: some may be missing, as
# ./tokapu builds them; the manifest then says so (Tokapu-Missing-Libraries), and require-complete.sh keeps the jar from users.
#
# Every lib*.so, DLL and program of the source folders, and the module.properties that describes a backend, is copied to
# CLASSES_FOLDER/META-INF/native/PLATFORM/. Beside them lies libraries.sha256:
#     # abi 2 llama 0.5.0 tree <llama.cpp's tree> id <sha256 of the lines below>
#     <sha256>  <file>          sorted by file name
# The licenses lie in every jar, and META-INF/sbom/tokapu-native-PLATFORM.cdx.json, which lists in CycloneDX's format what works
# NOTICE names as compiled in and the checksum of each library. MANIFEST becomes the jar's manifest entries: module name, bundle of
# OSGi, platform, ABI version, llama.cpp release and tree, id; of a backend also its size in bytes and the lines of module.properties. The oldest glibc and libstdc++ that have
# all symbols which the libraries need are read from the names of the symbols' versions.
# The ABI version is read from native/include/tokapu.h, the llama.cpp release and tree from CMakeLists.txt, where they are pinned.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
platform=$1
variants=$2
meta=$3/META-INF
output=$meta/native/$platform
manifest=$4
shift 4

# pinned WHAT FILE SED-EXPRESSION: the one value that the expression finds in the file.
pinned() {
    value=$(sed -n "$3" "$root/$2" | head -n 1)
    [ -n "$value" ] || { echo "$2 does not say $1" >&2; exit 1; }
    echo "$value"
}
abi=$(pinned "the ABI version" native/include/tokapu.h 's/^#define TOKAPU_ABI_VERSION *\([0-9][0-9]*\).*/\1/p')
llama=$(pinned "the llama.cpp release" CMakeLists.txt 's/^set(TOKAPU_LLAMA_TAG "*v\([0-9.]*\).*/\1/p')
version=$(pinned "the version" pom.xml 's,^    <version>\(.*\)</version>.*,\1,p')
tree=$(pinned "the llama.cpp tree" CMakeLists.txt 's/^set(TOKAPU_LLAMA_TREE "*\([0-9a-f]\{40\}\).*/\1/p')

# Copied only when different, so that a second build has nothing to do.
copy() {
    cmp -s "$1" "$2/${1##*/}" || cp "$1" "$2/"
}

mkdir -p "$output"
copy "$root/LICENSE" "$meta"
copy "$root/NOTICE" "$meta"
: >"$output/names.tmp"
for folder; do
    [ -n "$(find "$folder" -maxdepth 1 \( -name 'lib*.so' -o -name '*.dll' \) 2>/dev/null)" ] || {
        echo "No libraries in $folder: build its module first" >&2
        exit 1
    }
    for library in "$folder"/lib*.so "$folder"/*.dll "$folder"/*.exe; do
        [ -f "$library" ] || continue
        name=${library##*/}
        copy "$library" "$output"
        echo "$name" >>"$output/names.tmp"
    done
    if [ -f "$folder/module.properties" ]; then
        cp "$folder/module.properties" "$output"
        echo module.properties >>"$output/names.tmp"
    fi
done

cd "$output"
LC_ALL=C sort -o names.tmp names.tmp
missing=
if [ -f "$here/$platform.libraries" ]; then
    unknown=$(LC_ALL=C comm -13 "$here/$platform.libraries" names.tmp)
    [ -z "$unknown" ] || { echo "$platform.libraries does not name what was built: $unknown" >&2; exit 1; }
    missing=$(LC_ALL=C comm -23 "$here/$platform.libraries" names.tmp)
    if [ -n "$missing" ] && [ "$variants" = all ]; then
        echo "The libraries for $platform are not complete: build them without -Dtokapu.variants. Missing:" $missing >&2
        exit 1
    fi
fi
# Nothing that an earlier build left behind.
for library in lib*.so *.dll *.exe module.properties; do
    grep -qxF "$library" names.tmp || rm -f "$library"
done
xargs sha256sum <names.tmp >sums.tmp
id=$(sha256sum sums.tmp | cut -d' ' -f1)
{
    echo "# abi $abi llama $llama tree $tree id $id"
    cat sums.tmp
} >list.tmp
cmp -s list.tmp libraries.sha256 || mv list.tmp libraries.sha256
mkdir -p "$meta/sbom"
awk -v name="tokapu-native" -v version="$version" -v platform="$platform" -v llama="$llama" -v backend="$(sed -n 's/^backend=//p' module.properties 2>/dev/null)" \
    -f "$here/sbom.awk" sums.tmp "$root/NOTICE" >"$meta/sbom/tokapu-native-$platform.cdx.json"
rm -f names.tmp sums.tmp list.tmp

# A manifest line holds 72 bytes at most; the id is given by its first 16 hex digits.
cat >"$manifest" <<MF
Automatic-Module-Name: dev.tokapu.natives.$(echo "$platform" | tr - .)
Bundle-ManifestVersion: 2
Bundle-SymbolicName: dev.tokapu.natives.$(echo "$platform" | tr - .)
Bundle-Version: $(echo "$version" | sed 's/[-+]/./; :a; s/^\([0-9]*\.[0-9]*\.[0-9]*\..*\)[.+]/\1_/; ta')
Fragment-Host: dev.tokapu.spi
Tokapu-Platform: $platform
Tokapu-Abi-Version: $abi
Tokapu-Libraries-Id: $(echo "$id" | cut -c1-16)
Llama-Cpp-Version: $llama
Llama-Cpp-Tree: $tree
MF

# needs NAME KIND: an entry with the highest version of a kind in the libraries, none where they need none.
needs() {
    version=$(sed 1d libraries.sha256 | cut -c67- | LC_ALL=C xargs grep -aoh "$2_[0-9][0-9.]*" | sed "s/^$2_//" | sort -V | tail -n 1)
    [ -z "$version" ] || echo "Tokapu-Needs-$1: $version" >>"$manifest"
}
needs Glibc GLIBC
needs Glibcxx GLIBCXX

# wrapped: lines of at most 72 bytes, continued as a jar's manifest wants it.
wrapped() {
    awk '{ while (length($0) > 72) { print substr($0, 1, 72); $0 = " " substr($0, 73) } print }'
}
[ -z "$missing" ] || echo "Tokapu-Missing-Libraries:" $missing | wrapped >>"$manifest"
if [ -f module.properties ]; then
    {
        echo "Tokapu-Module-Size: $(cat lib*.so | wc -c)"
        # architectures=90 becomes Tokapu-Module-Architectures: 90
        sed -n 's/^\([a-z]\)\([a-z]*\)=\(..*\)/Tokapu-Module-\u\1\2: \3/p' module.properties | wrapped
    } >>"$manifest"
fi
