#!/bin/sh
# Gets a shader compiler that is new enough for llama.cpp's Vulkan backend, and the headers of Vulkan and SPIR-V, from a newer Debian
# than this one: nothing is installed, no root. The compiler runs with that Debian's own C library. About 20 MB, once. Needs apt-get
# and dpkg-deb of a Debian 12.
#
# usage: VULKAN_SDK=$(native/cmake/vulkan-sdk.sh) cmake --preset linux-x86_64-vulkan
set -eu
suite=trixie
packages="glslc libshaderc1 glslang-dev libc6 libgcc-s1 libstdc++6 libvulkan-dev libvulkan1 spirv-headers spirv-tools"
tools=$(cd "$(dirname "$0")/../../scripts" && pwd)
cache=${TOKAPU_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/tokapu}
sdk=$cache/vulkan-$suite
if [ ! -f "$sdk/complete" ]; then
    mkdir -p "$cache"
    work=$(mktemp -d "$cache/.vulkan-XXXXXX")
    trap 'rm -rf "$work"' EXIT
    mkdir "$work/root" "$work/sources.d"
    {
        echo "Getting a shader compiler (about 20 MB)"
        # The servers that this system uses, with the name of the newer release.
        if [ -f /etc/apt/sources.list.d/debian.sources ]; then
            sed "s/bookworm/$suite/g" /etc/apt/sources.list.d/debian.sources >"$work/sources.d/newer.sources"
        else
            sed -n "s/bookworm/$suite/gp" /etc/apt/sources.list >"$work/sources.d/newer.list"
        fi
        "$tools/unpack-packages.sh" "$work/root" "-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=$work/sources.d" $packages
    } >&2
    cd "$work"
    mkdir -p sdk/bin sdk/lib
    mv root sdk/
    # No headers of a C library are among these.
    ln -s root/usr/include sdk/include
    ln -s root/usr/share sdk/share
    ln -s ../root/usr/lib/x86_64-linux-gnu/libvulkan.so sdk/lib/
    cat >sdk/bin/glslc <<'GLSLC'
#!/bin/sh
root=$(dirname "$(dirname "$(readlink -f "$0")")")/root
exec "$(echo "$root"/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2)" --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/usr/bin/glslc" "$@"
GLSLC
    chmod +x sdk/bin/glslc
    sdk/bin/glslc --version >&2
    touch sdk/complete
    rm -rf "$sdk"
    mv sdk "$sdk"
fi
echo "$sdk"
