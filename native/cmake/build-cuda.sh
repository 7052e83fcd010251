#!/bin/sh
# Builds the CUDA backend as part of `mvn package`, where that makes sense; says in one line what it does.
#
# usage: build-cuda.sh [auto|native|release|off|ARCHITECTURES]
#     auto      for the GPU of this machine, when there are one and a CUDA toolkit; otherwise not at all
#     native    the same, and a failure when something is missing
#     release   for all GPUs from Turing to Blackwell (8 times as long)
#     off       not at all
#     ARCHITECTURES   for these, as in CMAKE_CUDA_ARCHITECTURES with commas: 90-real
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
mode=${1:-auto}

nvcc=$(PATH=$PATH:${CUDA_PATH:-/usr/local/cuda}/bin:/usr/local/cuda/bin command -v nvcc || true)
major=$([ -z "$nvcc" ] || "$nvcc" --version | sed -n 's/.*release \([0-9]*\)\..*/\1/p')
case $mode in
off)
    exit 0
    ;;
auto)
    if [ -z "$nvcc" ]; then
        echo "No CUDA toolkit (nvcc): going on without the CUDA backend."
        exit 0
    fi
    if ! nvidia-smi -L >/dev/null 2>&1; then
        echo "A CUDA toolkit but no NVIDIA GPU: going on without the CUDA backend; -Dtokapu.cuda=release builds it for all GPUs."
        exit 0
    fi
    ;;
native | release | [0-9]*)
    if [ -z "$nvcc" ]; then
        echo "The CUDA backend needs a CUDA toolkit: put nvcc into PATH; native/cmake/cuda-toolkit.sh gets one." >&2
        exit 1
    fi
    ;;
*)
    echo "tokapu.cuda is '$mode'; it can be auto, native, release, off or architectures such as 90-real." >&2
    exit 1
    ;;
esac

preset=linux-x86_64-cuda$major
case $mode in
release) architectures= ;;
[0-9]*) architectures=$(echo "$mode" | tr , ';') ;;
*) architectures=native ;;
esac
cd "$root"
cmake --preset "$preset" -DTOKAPU_CUDA_ARCHITECTURES="$architectures"
cmake --build --preset "$preset"
