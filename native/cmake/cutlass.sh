#!/bin/sh
# Gets the headers of CUTLASS, from NVIDIA's package for Python, and prints the folder to include: 6 MB are downloaded, once.
set -eu
version=4.2.0.0
sha256=f9599ada45c7bcb6bf53f7d3f0a7d154183e53451c01bfa59eecd37dd4a693f6
cache=${TOKAPU_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/tokapu}
headers=$cache/cutlass-$version
if [ ! -d "$headers" ]; then
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/.cutlass-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    echo "Getting CUTLASS $version (6 MB)" >&2
    echo "nvidia-cutlass==$version --hash=sha256:$sha256" >"$work/wanted"
    python3 -m pip download --quiet --no-deps --only-binary=:all: --require-hashes --dest "$work" -r "$work/wanted" >&2
    python3 -m zipfile -e "$work"/*.whl "$work/wheel"
    # A build beside this one may have been faster.
    mv -T "$work/wheel/cutlass_library/source/include" "$headers" 2>/dev/null || [ -d "$headers" ]
fi
echo "$headers"
