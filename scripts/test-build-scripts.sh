#!/bin/sh
# Tests of the scripts of the build: finding JDKs, naming what is missing, how far it is, what a jar holds. Run by the native module.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
config=$root/config
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
. "$here/assert.sh"

# fake_jdk FOLDER VERSION: a folder that looks like a JDK.
fake_jdk() {
    mkdir -p "$1/bin"
    printf 'IMPLEMENTOR="Test"\nJAVA_VERSION="%s"\n' "$2" >"$1/release"
    : >"$1/bin/javac"
    chmod +x "$1/bin/javac"
}

fake_jdk "$scratch/jdks/a 17" 17.0.1
fake_jdk "$scratch/jdks/b" 25
fake_jdk "$scratch/jdks/c" 25.0.3
fake_jdk "$scratch/jdks/d" 251.0.1
export TOKAPU_JDK_ROOT="$scratch/jdks"

check "find-jdk takes the feature version alone" "$scratch/jdks/b" "$("$config/find-jdk.sh" 25)"
check "find-jdk copes with a space in the path" "$scratch/jdks/a 17" "$("$config/find-jdk.sh" 17)"
check "find-jdk of no JDK says how to install one" "install -y openjdk-21-jdk" "$("$config/find-jdk.sh" 21 2>&1)"
check "find-jdk of no JDK fails" "exit 1" "$("$config/find-jdk.sh" 2 2>/dev/null || echo "exit $?")"
unset TOKAPU_JDK_ROOT
check "find-jdk prefers JAVA_HOME_25" "$scratch/jdks/c" "$(JAVA_HOME_25_X64="$scratch/jdks/c" JAVA_HOME= "$config/find-jdk.sh" 25)"
check "find-jdk passes by a JAVA_HOME of another version" "$scratch/jdks/c" \
    "$(JAVA_HOME="$scratch/jdks/a 17" JAVA_HOME_25="$scratch/jdks/c" "$config/find-jdk.sh" 25)"

# A machine with a shell and little else.
mkdir "$scratch/bin" "$scratch/none"
for tool in sh sed dirname uname env grep readlink; do
    ln -s "$(command -v $tool)" "$scratch/bin/$tool"
done
printf '#!/bin/sh\necho "cmake version 3.18.4"\n' >"$scratch/bin/cmake"
printf '#!/bin/sh\n' >"$scratch/bin/apt-get"
chmod +x "$scratch/bin/cmake" "$scratch/bin/apt-get"
said=$(PATH=$scratch/bin TOKAPU_JDK_ROOT=$scratch/none "$config/preflight.sh" 2>&1)
for thing in "JDK 25" "JDK 17" "Maven" "this is 3.18" "Ninja" "C++17" "Git" "npm" "Python 3"; do
    check "preflight names $thing" "$thing" "$said"
done
check "preflight gives one line" "temurin-25-jdk temurin-17-jdk maven cmake ninja-build g++ git nodejs npm python3 python3-pip" "$said"

check "build-cuda without a toolkit goes on" "going on without" "$(PATH=$scratch/bin CUDA_PATH=$scratch/none "$root/native/cmake/build-cuda.sh" 2>&1)"
check "build-cuda refuses what it does not know" "it can be auto" "$("$root/native/cmake/build-cuda.sh" maybe 2>&1)"
printf '#!/bin/sh\necho "Cuda compilation tools, release 13.0, V13.0.88"\n' >"$scratch/bin/nvcc"
chmod +x "$scratch/bin/nvcc"
check "build-cuda without a GPU says what builds it" "-Dtokapu.cuda=release" "$(PATH=$scratch/bin "$root/native/cmake/build-cuda.sh" 2>&1)"

# A module is kept in the cache under a name that does not depend on where the checkout lies.
for clone in one two; do
    mkdir -p "$scratch/$clone/native"
    cp "$root/CMakeLists.txt" "$scratch/$clone/"
    cp -R "$root/native/backends" "$root/native/cmake" "$root/native/mend" "$root/native/cuda" "$scratch/$clone/native/"
    cmake -S "$scratch/$clone" -B "$scratch/$clone/build" -G Ninja -DTOKAPU_BACKEND=cuda -DTOKAPU_NVCC="$scratch/bin/nvcc" >"$scratch/$clone.log" 2>&1 ||
        cat "$scratch/$clone.log"
done
key() {
    grep -o 'ggml-cuda-[0-9a-f]\{32\}' "$scratch/$1/build/build.ninja" | head -n 1
}
check "the CUDA module has a place in the cache" "ggml-cuda-" "$(key one)"
check "another clone finds it there" "=$(key one)=" "=$(key two)="

# The jar of a backend: the module, what describes it, and nothing where none was built.
built=$scratch/built
mkdir "$built"
check "package-backend without a module goes on" "going on without its jar" \
    "$("$root/platform-jars/native/package-backend.sh" linux-x86_64-cuda13 "$scratch/classes" "$scratch/mf" "$built")"
check "package-backend without a module leaves nothing" "none" "$([ -e "$scratch/classes" ] || echo none)"
echo module >"$built/libggml-cuda.so"
check "package-backend asks for the description" "has no module.properties" \
    "$("$root/platform-jars/native/package-backend.sh" linux-x86_64-cuda13 "$scratch/classes" "$scratch/mf" "$built" 2>&1)"
printf 'backend=cuda\narchitectures=%s\ntoolkit=13.0\n' "75;80;86;89;90;100;103;110;120;121;75-virtual;120-virtual" >"$built/module.properties"
"$root/platform-jars/native/package-backend.sh" linux-x86_64-cuda13 "$scratch/classes" "$scratch/mf" "$built"
check "package-backend lists the module" "  libggml-cuda.so" "$(cat "$scratch/classes/META-INF/native/linux-x86_64-cuda13/libraries.sha256")"
check "package-backend lists the description" "  module.properties" \
    "$(cat "$scratch/classes/META-INF/native/linux-x86_64-cuda13/libraries.sha256")"
check "package-backend tells the size" "Tokapu-Module-Size: 7" "$(cat "$scratch/mf")"
check "package-backend tells the toolkit" "Tokapu-Module-Toolkit: 13.0" "$(cat "$scratch/mf")"
check "package-backend wraps long lines" "no line is too long" "$(grep -q '.\{73\}' "$scratch/mf" || echo no line is too long)"
echo other >"$built/libother.so"
check "package-backend takes a module alone" "holds more than the module: libother.so" \
    "$("$root/platform-jars/native/package-backend.sh" linux-x86_64-cuda13 "$scratch/classes" "$scratch/mf" "$built" 2>&1)"

# The jar of the platform: complete, or marked and kept from others.
platform=$root/platform-jars/native
mkdir "$scratch/complete" "$scratch/machine"
while IFS= read -r library; do
    echo "$library" >"$scratch/complete/$library"
done <"$platform/linux-x86_64.libraries"
cp "$scratch/complete"/lib*tokapu*.so "$scratch/complete/libggml-cpu-x64.so" "$scratch/complete/libggml-cpu-zen4.so" "$scratch/machine/"
rm "$scratch/machine/libtokapu-mtmd.so"
package() {
    rm -rf "$scratch/classes"
    "$platform/package-natives.sh" linux-x86_64 "$1" "$scratch/classes" "$scratch/mf" "$2" 2>&1 || echo "exit $?"
}
check "package-natives takes all libraries" "=" "=$(package all "$scratch/complete")="
check "a complete jar is not marked" "0" "$(grep -c Missing "$scratch/mf")"
check "a complete jar may reach users" "fine" "$("$platform/require-complete.sh" "$scratch/mf" && echo fine)"
floor() {
    printf 'Tokapu-Platform: linux-aarch64\nTokapu-Needs-Glibc: %s\nTokapu-Needs-Glibcxx: %s\n' "$1" "$2" >"$scratch/floor.mf"
    "$platform/require-floor.sh" "$scratch/floor.mf" 2>&1 || echo "exit $?"
}
check "libraries that need little may reach users" "==" "=$(floor 2.17 3.4.9)="
check "libraries that need a new glibc must not" "need Glibc 2.99, but the floor is 2." "$(floor 2.99 3.4.9)"
check "libraries that need a new libstdc++ must not" "need Glibcxx 3.4.99, but" "$(floor 2.17 3.4.99)"
check "package-natives refuses some CPU variants" "exit 1" "$(package all "$scratch/machine")"
check "package-natives names what is missing" "libggml-cpu-alderlake.so" "$(package all "$scratch/machine")"
check "package-natives takes this machine's on demand" "==" "=$(package machine "$scratch/machine")="
check "the jar then lists them" "  libggml-cpu-zen4.so" "$(cat "$scratch/classes/META-INF/native/linux-x86_64/libraries.sha256")"
check "the jar then is marked" "Tokapu-Missing-Libraries: libggml-cpu-alderlake.so" "$(cat "$scratch/mf")"
check "a marked jar must not reach users" "build again without" "$("$platform/require-complete.sh" "$scratch/mf" 2>&1)"
mkdir "$scratch/manifests"
echo "Tokapu-Platform: linux-aarch64" >"$scratch/manifests/linux-aarch64.mf"
check "all manifests of a folder may reach users" "fine" "$("$platform/require-complete.sh" "$scratch/manifests" && echo fine)"
cp "$scratch/mf" "$scratch/manifests/windows-x86_64.mf"
check "one of a folder must not reach users" "build again without" "$("$platform/require-complete.sh" "$scratch/manifests" 2>&1)"
check "a manifest that is missing is no complete jar" "There is no manifest" "$("$platform/require-complete.sh" "$scratch/none.mf" 2>&1)"
check "package-cross knows its platforms" "there is no platform linux-riscv64" "$("$platform/package-cross.sh" linux-riscv64 all "$scratch/cross" 2>&1)"
check "a whole build is complete although for this machine" "0" "$(package machine "$scratch/complete"; grep -c Missing "$scratch/mf")"
touch "$scratch/complete/libggml-cpu-new.so"
check "package-natives refuses what the list lacks" "does not name what was built: libggml-cpu-new.so" "$(package all "$scratch/complete")"

# The bill of materials of a native jar.
rm "$scratch/complete/libggml-cpu-new.so"
package all "$scratch/complete"
bill=$scratch/classes/META-INF/sbom/tokapu-native-linux-x86_64.cdx.json
check "the bill of materials is JSON" "valid" "$(python3 -m json.tool "$bill" >/dev/null && echo valid)"
check "it lists the libraries" '"name": "libtokapu.so", "hashes": [{"alg": "SHA-256", "content": "' "$(cat "$bill")"
check "it lists what is compiled in" '"name": "nlohmann/json", "licenses": [{"license": {"id": "MIT"}}]' "$(cat "$bill")"
check "it names llama.cpp's release" "\"llama.cpp and ggml\", \"version\": \"$(sed -n 's/^set(TOKAPU_LLAMA_TAG "v\(.*\)")/\1/p' "$root/CMakeLists.txt")\"" "$(cat "$bill")"
rm "$built/libother.so"
"$platform/package-backend.sh" linux-x86_64-cuda13 "$scratch/cuda" "$scratch/mf" "$built"
check "that of a backend lists ggml and no more" "==" "=$(grep -c 'cpp-httplib' "$scratch/cuda/META-INF/sbom/tokapu-native-linux-x86_64-cuda13.cdx.json" | tr -d 0)="
check "that of CUDA lists NVIDIA's runtime" "NVIDIA CUDA Toolkit EULA" "$(cat "$scratch/cuda/META-INF/sbom/tokapu-native-linux-x86_64-cuda13.cdx.json")"
check "a native jar is a fragment" "Fragment-Host: dev.tokapu.spi" "$(cat "$scratch/mf")"
check "its version is one of OSGi" "fine" "$(grep -qxE 'Bundle-Version: [0-9]+\.[0-9]+\.[0-9]+(\.[A-Za-z0-9_-]+)?' "$scratch/mf" && echo fine)"

# What only the owner can fill in.
owner() {
    printf '<project>\n    <url>%s</url>\n    <scm>\n%s\n    </scm>\n</project>\n' "$1" "$2" >"$scratch/pom.xml"
    "$here/require-owner.sh" "$scratch/pom.xml" 2>&1 && echo filled
}
check "require-owner names placeholders" "has placeholders or lacks <url> <scm><url> <scm><connection> <scm><developerConnection>" \
    "$(owner https://tokapu.dev '<url>https://tokapu.dev</url>')"
check "require-owner takes what is filled in" "filled" \
    "$(owner https://example.org '<url>x</url>
<connection>y</connection>
<developerConnection>z</developerConnection>')"

# Versions and upgrades.
check "a version names both releases" "1.2.3-llama.$(sed -n 's/^set(TOKAPU_LLAMA_TAG "v\(.*\)")/\1/p' "$root/CMakeLists.txt")" "$("$here/version.sh" v1.2.3)"
check "version.sh wants a tag" "is not a tag" "$("$here/version.sh" 1.2 2>&1)"
check "the table of versions is of this one" \
    "$(sed -n 's/^set(TOKAPU_LLAMA_TAG "v\(.*\)")/| \1/p' "$root/CMakeLists.txt") | $(sed -n 's/^#define TOKAPU_ABI_VERSION *//p' "$root/native/include/tokapu.h") |" \
    "$(cat "$root/docs/packaging.md")"
for release in old new; do
    mkdir -p "$scratch/$release/include"
    printf '#define LLAMA_X 1\nLLAMA_API int32_t llama_n_ctx(const struct llama_context * ctx);\nstruct llama_context_params { int32_t n_ctx; };\n' \
        >"$scratch/$release/include/llama.h"
done
check "the same headers are unchanged" "include/llama.h: unchanged" "$("$here/llama_changes.py" "$scratch/old" "$scratch/new")"
cat >"$scratch/new/include/llama.h" <<'HEADER'
#ifdef __cplusplus
struct llama_of_cpp { std::map<int, int> some; };
#endif
#define LLAMA_API
#define LLAMA_Y 2
enum llama_kind { LLAMA_KIND_ONE = 1 };
struct llama_pair { int32_t one; };
typedef void (*llama_told)(void * data);
LLAMA_API void llama_nobody_knows(void);
struct llama_context_params { int32_t other; };
HEADER
said=$("$here/llama_changes.py" "$scratch/old" "$scratch/new"; echo "exit $?")
check "a new function is told" "+ function void llama_nobody_knows(void)" "$said"
check "it lacks a row" "to do: a row in docs/coverage.md" "$said"
check "a new option is told" "an option in tokapu.h" "$said"
for thing in "constant LLAMA_Y: 2" "constant LLAMA_KIND_ONE: 1" "struct llama_pair" "callback llama_told: void(*llama_told)(void*data)"; do
    check "a new $thing is not bound" "+ $thing
        to do: bindings/raw/includes.txt" "$said"
done
check "what C does not see is not told" "0" "$(echo "$said" | grep -c 'llama_of_cpp\|LLAMA_API')"
check "what is gone and used is told" "used by native/src/" "$said"
check "there is something to do" "exit 3" "$said"
check "upgrade.sh wants a version" "usage: upgrade.sh" "$("$here/upgrade.sh" 0.6 2>&1)"
# A repository that has the pins alone.
pins=$scratch/pins
mkdir -p "$pins/scripts"
cp "$here/upgrade.sh" "$pins/scripts/"
cp "$root/CMakeLists.txt" "$pins/"
in_pins() {
    (cd "$pins" && env -u GIT_DIR -u GIT_WORK_TREE "$@" 2>&1)
}
in_pins git init --quiet
in_pins git add --all
in_pins git -c user.name=tokapu -c user.email=tokapu@localhost -c core.hooksPath=/dev/null commit --quiet --message pins
printf 'set(LLAMA_VERSION_%s)\n' "MAJOR 9" "MINOR 8" "PATCH 7" >"$scratch/new/CMakeLists.txt"
check "upgrade.sh wants the version that the source has" "The source calls itself 9.8.7, not 9.9.0: run it with v9.8.7" \
    "$(in_pins scripts/upgrade.sh v9.9.0 --from "$scratch/new")"
check "it moves no pin then" "==" "=$(in_pins git status --porcelain)="
echo "gitdir: ../../.git/modules/vendor/llama.cpp" >"$scratch/new/.git"
check "upgrade.sh takes a submodule whose repository is not there" "The pinned release has not been fetched" \
    "$(TOKAPU_CACHE_DIR="$scratch/none" in_pins scripts/upgrade.sh v9.8.7 --from "$scratch/new")"
# What Python's package index has: an archive with a tree somewhere in it.
mkdir "$scratch/pip"
cat >"$scratch/pip/python3" <<'PIP'
#!/bin/sh
while [ "$1" != --dest ]; do shift; done
mkdir -p "$2" && tar -C "$ARCHIVED" --owner=12345 -czf "$2/x-1.tar.gz" .
PIP
chmod +x "$scratch/pip/python3"
of_pypi() {
    PATH="$scratch/pip:$PATH" ARCHIVED=$1 TOKAPU_CACHE_DIR="$scratch/none" in_pins scripts/upgrade.sh v9.8.7 --from pypi:x@1
}
mkdir -p "$scratch/archived/x-1" "$scratch/without/x-1"
cp -R "$scratch/new" "$scratch/archived/x-1/llama.cpp"
check "upgrade.sh finds the tree wherever an archive has it" "The pinned release has not been fetched" "$(of_pypi "$scratch/archived")"
check "upgrade.sh wants a tree in an archive" "The source archive of x holds no llama.cpp" "$(of_pypi "$scratch/without")"

# A bundle is of one build.
bundled=$scratch/bundled
mkdir -p "$bundled/scripts" "$bundled/config" "$bundled/cli/target"
cp "$here/bundle.sh" "$bundled/scripts/"
cp "$config/find-jdk.sh" "$bundled/config/"
check "bundle wants a build" "Nothing is built" "$("$bundled/scripts/bundle.sh" --no-build 2>&1)"
touch "$bundled/cli/target/tokapu-cli-1.jar" "$bundled/cli/target/tokapu-cli-2.jar"
check "bundle names jars of two versions" "more than one build: $bundled/cli/target/tokapu-cli-1.jar" "$("$bundled/scripts/bundle.sh" --no-build 2>&1)"

# What has passed is kept for --continue alone.
release=$scratch/release
mkdir -p "$release/scripts" "$release/bin" "$release/module/target"
cp "$here/release-check.sh" "$release/scripts/"
printf '#!/bin/sh\necho "mvn $*"\n[ ! -f module/target/tested ] || echo kept\nexit 1\n' >"$release/bin/mvn"
chmod +x "$release/bin/mvn"
touch "$release/module/pom.xml" "$release/module/target/tested"
release_check() {
    PATH=$release/bin:$PATH "$release/scripts/release-check.sh" "$@" 2>&1 || echo "exit $?"
}
said=$(release_check --continue -Dx=y)
check "release-check --continue keeps what has passed" "kept" "$said"
check "and tells Maven" "-Dtokapu.continue " "$said"
check "it hands arguments on" " -Dx=y deploy" "$said"
check "it ends where Maven fails" "exit 1" "$said"
said=$(release_check)
check "release-check begins anew" "0" "$(echo "$said" | grep -c 'kept\|tokapu.continue')"
check "release-check tells of --continue" "go on with --continue" "$said"
check "release-check takes options that it knows" "usage: release-check.sh" "$(release_check --nothing)"
check "also in another folder" "usage: release-check.sh" "$(cd "$release/scripts" && PATH=$release/bin:$PATH ./release-check.sh --nothing 2>&1)"
for argument in -Dtest=NONE -DskipITs -Dmaven.test.skip=true -Dmaven.test.failure.ignore; do
    check "release-check runs all tests" "cannot be run with $argument" "$(release_check $argument)"
done

# Everything, and of one commit. The fake Maven passes one module, and another one in the commit $OTHER.
cat >"$release/bin/mvn" <<'MVN'
#!/bin/sh
echo "no commit" >module/target/tested
[ -z "$OTHER" ] || echo "$OTHER" >other/target/tested
MVN
mkdir -p "$release/other/target"
touch "$release/other/pom.xml"
export OTHER=
said=$(release_check -Dtokapu.cross=)
check "release-check wants all modules" "all modules and platforms have to pass in one commit, no commit:" "$said"
check "it counts those that were not tested" "1 not tested" "$said"
check "it fails then" "exit 1" "$said"
OTHER=abc
said=$(release_check -Dtokapu.cross=)
check "release-check wants one commit" "have to pass in one commit" "$said"
check "it names the other one" "1 abc" "$said"
check "release-check --continue tells of another commit before Maven runs" "what has passed is of abc; this is no commit" \
    "$(OTHER=; release_check --continue -Dtokapu.cross=)"
OTHER="no commit"
said=$(release_check -Dtokapu.cross=)
check "one commit of all is right" "0" "$(echo "$said" | grep -c 'one commit')"
check "there must be a jar, too" "there is no jar of linux-x86_64" "$said"

# Actions of others run with the rights of a release: by the hash of a commit, with the version that it is.
check "every action is pinned" "==" \
    "=$(grep -h 'uses:' "$root"/.github/workflows/*.yml | grep -vE 'uses: [a-z0-9/-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$')="
check "workflows use actions" "actions/checkout@" "$(cat "$root"/.github/workflows/*.yml)"

# How far a build is: a clock that moves 20 s each time somebody looks.
cat >"$scratch/bin/date" <<CLOCK
#!/bin/sh
read -r now <"$scratch/clock"
echo \$now
echo \$((now + 20)) >"$scratch/clock"
CLOCK
chmod +x "$scratch/bin/date"
echo 1000 >"$scratch/clock"
said=$(printf '%s\n' "[INFO] Scanning for projects..." "[INFO] Building Tokapu engine 1 [3/9]" "-- Building llama.cpp (libs): about 6 min" "-- The C compiler" \
    "[0/40] Re-checking" "[10/40] Building CXX object a" "a.cpp:1:2: error: no" "a.cpp:1:2: warning: y" "[40/40] Linking b" "[1/9] Building CXX object c" "[3/9] Building CXX object d" |
    PATH=$scratch/bin:$PATH "$config/build-progress.sh" 2>&1)
check "progress names the modules" "  Building Tokapu engine 1 [3/9]" "$said"
check "progress tells the estimate" "Building llama.cpp (libs): about 6 min" "$said"
check "progress tells what is left" "llama.cpp: step 10 of 40, about 2 min 0 s left; 1 min 0 s so far" "$said"
check "progress shows errors" "a.cpp:1:2: error: no" "$said"
check "progress goes on with the library" "libtokapu: step 3 of 9, about 40 s left; 2 min 0 s so far" "$said"
check "progress leaves out the rest" "6 lines" "$(echo "$said" | wc -l | tr -d ' ') lines"

[ "$failures" -eq 0 ] && echo "scripts: all tests passed"
exit "$failures"
