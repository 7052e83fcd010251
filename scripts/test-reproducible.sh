#!/bin/bash
# Builds the libraries twice, each time from nothing in the same cache folder but in checkouts in different places, and compares
# every byte. Minutes; without ccache, which would answer for the compiler. Exit status 1 when a library differs.
#
# usage: test-reproducible.sh [all|machine]     the CPU variants that are built; machine takes half the time
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
variants=${1:-machine}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=$(cat "$root/native/target/llama-source.path")

build() {
    mkdir -p "$(dirname "$work/$1")"
    git clone --quiet "$root" "$work/$1"
    # The source is read from the cache folder, whose path is in messages: it is the same for both.
    mkdir -p "$work/cache/src"
    cp -R "$source" "$work/cache/src/"
    (cd "$work/$1" && export CCACHE_DISABLE=1 TOKAPU_CACHE_DIR="$work/cache" &&
        cmake --preset linux-x86_64 -DTOKAPU_CPU_VARIANTS="$variants" &&
        cmake --build --preset linux-x86_64 --target tokapu tokapu_probe libraries) >"$work/$1.log" 2>&1 || {
        tail -n 40 "$work/$1.log" >&2
        exit 1
    }
    (cd "$work/$1/native/target/linux-x86_64" && sha256sum lib*.so) >"$work/$1.sums"
    rm -rf "$work/cache"
}
build one
build "else where/two"
if diff "$work/one.sums" "$work/else where/two.sums"; then
    echo "$(wc -l <"$work/one.sums") libraries, the same bytes twice"
else
    exit 1
fi
