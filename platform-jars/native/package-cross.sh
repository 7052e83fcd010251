#!/bin/sh
# Lays out the libraries of further platforms for their jars (package-natives.sh), those in the list alone.
#
# usage: package-cross.sh PLATFORM[,PLATFORM...] all|machine FOLDER
#     writes FOLDER/PLATFORM and FOLDER/PLATFORM.mf
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
list=$(echo "$1" | tr , ' ')
mkdir -p "$3"
for platform in $list; do
    # pom.xml has a jar for each of these.
    [ -f "$here/$platform.libraries" ] || { echo "-Dtokapu.cross: there is no platform $platform ($here/*.libraries)" >&2; exit 64; }
    "$here/package-natives.sh" "$platform" "$2" "$3/$platform" "$3/$platform.mf" "$root/native/target/$platform" "$root/bindings/jni/target/native/$platform"
done
# Nothing of an earlier build with more of them.
for left in "$3"/*; do
    name=${left##*/}
    case " $list " in
    *" ${name%.mf} "*) ;;
    *) rm -rf "$left" ;;
    esac
done
