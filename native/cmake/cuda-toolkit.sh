#!/bin/sh
# Gets a CUDA toolkit that compiles the CUDA backend, from NVIDIA's packages for Python: no installer, no GPU, no root. About 530 MB
# are downloaded, once.
#
# usage: PATH=$(native/cmake/cuda-toolkit.sh)/bin:$PATH cmake --preset linux-x86_64-cuda13
set -eu
version=13.0
cache=${TOKAPU_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/tokapu}
toolkit=$cache/cuda-$version/nvidia/cu${version%%.*}
if [ ! -f "$cache/cuda-$version/complete" ]; then
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/.cuda-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    echo "Getting CUDA $version (about 530 MB)" >&2
    # cuBLAS for its headers, CCCL for CUB: both are used to compile only.
    python3 -m pip download --quiet --no-deps --only-binary=:all: --dest "$work/wheels" "nvidia-cuda-nvcc==$version.*" \
        "nvidia-nvvm==$version.*" "nvidia-cuda-crt==$version.*" "nvidia-cuda-runtime==$version.*" "nvidia-cuda-cccl==$version.*" \
        "nvidia-cublas==$version.*" >&2
    for wheel in "$work"/wheels/*.whl; do
        python3 -m zipfile -e "$wheel" "$work/root"
    done
    rm -r "$work/wheels"
    # What the wheels lack for a compiler: execute permissions, the usual name of the library folder, a name to link with.
    cd "$work/root/nvidia/cu${version%%.*}"
    chmod +x bin/* nvvm/bin/*
    ln -s lib lib64
    ln -s "$(basename lib/libcudart.so.*)" lib/libcudart.so
    touch "$work/root/complete"
    rm -rf "$cache/cuda-$version"
    mv "$work/root" "$cache/cuda-$version"
fi
echo "$toolkit"
