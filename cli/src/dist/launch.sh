#!/bin/sh
# Tokapu's command line, from the folder where this script lies as 'tokapu' (prepare-dist.sh laid it out):
#     runtime/      Java                         java.args   its options
#     lib/          the jars                     class-path  their names, in the order that the cache of classes wants
#     native/       the native libraries, where they are not taken from their jar
#     tokapu.aot    loaded and linked classes, for quick starts; serve.aot those of 'serve'; may be missing
#
# Nothing is written into the folder; it may lie anywhere and be read-only.
set -u
home=$(dirname "$(readlink -f "$0")")
case $home in
*:*)
    echo "tokapu: Java cannot use a path with a colon: move $home" >&2
    exit 70
    ;;
esac

# Java reads arguments and file names by the locale; where none is set or installed, "ö" would be lost.
[ "$(locale charmap 2>/dev/null)" = UTF-8 ] || export LC_ALL=C.UTF-8

# A machine without a C++ library gets the one of the build machine; its own comes first, drivers may need a newer one.
has_cxx_library() {
    for folder in /usr/lib64 /lib64 /usr/lib /lib "/usr/lib/$(uname -m)-linux-gnu" "/lib/$(uname -m)-linux-gnu"; do
        [ -e "$folder/libstdc++.so.6" ] && return 0
    done
    return 1
}
if [ -d "$home/native/gcc" ] && ! has_cxx_library; then
    export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$home/native/gcc"
fi

class_path=
while IFS= read -r jar; do
    class_path=$class_path:$home/lib/$jar
done <"$home/class-path"

if [ -n "${TOKAPU_TRAINING:-}" ]; then
    # prepare-dist.sh records the caches of classes.
    set -- "-XX:AOTCacheOutput=$TOKAPU_TRAINING" dev.tokapu.cli.AotTraining "$@"
elif [ "${1:-}" = serve ] && [ -f "$home/serve.aot" ]; then
    set -- "-XX:AOTCache=$home/serve.aot" dev.tokapu.cli.Main "$@"
elif [ -f "$home/tokapu.aot" ]; then
    set -- "-XX:AOTCache=$home/tokapu.aot" dev.tokapu.cli.Main "$@"
else
    set -- dev.tokapu.cli.Main "$@"
fi
[ -d "$home/native" ] && set -- "-Dtokapu.native.dir=$home/native" "$@"
exec "$home/runtime/bin/java" @"$home/java.args" -cp "${class_path#:}" "$@"
