#!/bin/sh
# Builds the libraries of further platforms by their cross compilers, next to those of this machine: native/target/PLATFORM.
#
# usage: build-cross.sh PLATFORM[,PLATFORM...] all|machine
set -eu
cd "$(dirname "$0")/../.."
for platform in $(echo "$1" | tr , ' '); do
    cmake --preset "$platform" "-DTOKAPU_CPU_VARIANTS=$2"
    cmake --build --preset "$platform" --target tokapu tokapu_probe libraries
done
