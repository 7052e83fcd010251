#!/bin/bash
# Tests windows-x86_64 on Linux: Wine runs the C tests, then the contract tests and a choice of the API's tests with Java 25 through FFM and
# Java 17 through JNI, one answer of the default model beside llama-completion.exe's, and tokapu.cmd from a folder with a space and an umlaut
# in its name. Exit status 1 when one failed.
#
# usage: test-wine.sh [--no-build] [--no-c] [--variants all|machine] [--modules 'contract-tests core'] [--include REGEX] [--bindings 'ffm jni']
#     --no-build         what has been built already (with -Dtokapu.cross=windows-x86_64 and -Pgpu)
#     --no-c             without the C tests
#     --variants machine x64 and the CPU variant of this machine alone
#     --include REGEX    other classes than the choice
#
# Needs: g++-mingw-w64-x86-64-posix and wine64 (Debian's names).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
platform=windows-x86_64
build=yes c=yes variants=all modules='contract-tests core' include= bindings='ffm jni'
while [ $# -gt 0 ]; do
    case $1 in
    --no-build) build=no ;;
    --no-c) c=no ;;
    --variants) variants=$2 && shift ;;
    --modules) modules=$2 && shift ;;
    --include) include=$2 && shift ;;
    --bindings) bindings=$2 && shift ;;
    *)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 64
        ;;
    esac
    shift
done
cd "$root"

javas=$(scripts/wine-root.sh)
work=$root/target/wine
rm -rf "$work"
mkdir -p "$work"
# A Windows of its own, without dialogs.
export WINEPREFIX=$work/prefix WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml=;winedbg.exe=d'
wine "Z:$javas/jdk25/bin/java.exe" -version >/dev/null 2>&1 || {
    echo "This machine does not start programs for Windows: install wine64" >&2
    exit 69
}
if [ "$build" = yes ]; then
    mvn -B -q -Pgpu -DskipTests -Dtokapu.cross=$platform -Dtokapu.variants="$variants" -pl cli,benchmarks,bindings/contract-tests,java-api/engine -am package
    cmake --build --preset $platform --target all oracle
fi
failed=0
if [ "$c" = yes ]; then
    ctest --preset $platform || failed=1
fi

mkdir -p "$work/root/native/target/oracle"
cp -R native/include "$work/root/native/"
cp native/target/oracle-$platform/tokapu-oracle.exe "$work/root/native/target/oracle/"
oracle=$(cat native/target/oracle-$platform.path)
# The jar of this platform alone: the loader has to find it. The tests have a log provider of their own.
jars=$(find cli/target/dist/lib benchmarks/target/gpu-lib -name '*.jar' ! -name 'tokapu-native-*' ! -name 'slf4j-simple-*' |
    sed "s,^,Z:$root/," | LC_ALL=C sort | paste -s -d';')
native=$(echo "$root"/platform-jars/native/target/tokapu-native-*-$platform.jar)
jars="$jars;Z:$native"

declare -A classes=(
    [contract-tests]='^(?!.*HostileInput).*ContractIT$'
    [core]='.*\.(LifecycleIT|KvCacheIT|SequenceIT|ContextIT|LogIT|equality\.TokenizationIT)$'
    [engine]='.*\.EngineIT$'
    [structured]='.*IT$'
)

# Java 25 asks for the network's interfaces where it wants random numbers, by a function that Wine 8 does not have: it ends the process.
jdk=$(config/find-jdk.sh 25)
mkdir -p "$work/java/net" "$work/patch"
unzip -p "$jdk/lib/src.zip" java.base/java/net/NetworkInterface.java |
    sed -E '/native NetworkInterface\[\] getAll\(\)/ { N; s/native (NetworkInterface\[\] getAll\(\)).*/\1 { return null; }/; }' >"$work/java/net/NetworkInterface.java"
"$jdk/bin/javac" -nowarn --patch-module "java.base=$work" -d "$work/patch" "$work/java/net/NetworkInterface.java"

# java BINDING ARGUMENT...
java() {
    local java=jdk17 patch=()
    [ "$1" = jni ] || java=jdk25 patch=(--patch-module "java.base=Z:$work/patch")
    wine "Z:$javas/$java/bin/java.exe" $([ "$1" = jni ] || echo --enable-native-access=ALL-UNNAMED) -Xmx1g -XX:TieredStopAtLevel=1 \
        -XX:ActiveProcessorCount=1 "${patch[@]}" -Dtokapu.binding="$1" -Dtokapu.cache.dir="Z:$work/cache" "${@:2}"
}
# suite NAME BINDING FOLDER-OF-CLASSES SELECTION...
suite() {
    local folder=$work/$1-$2
    mkdir -p "$folder"
    (cd "$folder" && java "$2" -Dtokapu.oracle.dir="Z:$oracle" -Dtokapu.root="Z:$work/root" -Dtokapu.jdk25="Z:$javas/jdk25" \
        -Dtokapu.jdk17="Z:$javas/jdk17" -cp "Z:$3;$jars" org.junit.platform.console.ConsoleLauncher execute "${@:4}" \
        --exclude-tag checkout --exclude-tag ffm --exclude-tag descriptors --disable-banner --disable-ansi-colors --details=testfeed >out 2>&1) || failed=1
    echo "$1, $2: $(awk '/tests successful/ {n = $2} /tests failed/ {f = $2} END {print n " tests passed, " f " failed"}' "$folder/out")"
    grep -A3 ' :: FAILED' "$folder/out" || true
}
for binding in $bindings; do
    for module in $modules; do
        tests=$root/java-api/$module/target/test-classes
        [ "$module" != contract-tests ] || tests=$root/bindings/contract-tests/target/test-classes
        suite "$module" "$binding" "$tests" --scan-class-path="Z:$tests" --include-classname="${include:-${classes[$module]}}"
    done
    # Greedy texts of the tiny model, the second of the two that the test is for.
    [ -n "$include" ] || suite greedy "$binding" "$root/java-api/core/target/test-classes" \
        --select-iteration='method:dev.tokapu.equality.GreedyTextIT#greedyLoop_twentyPrompts_equalToLlamaCompletion(dev.tokapu.equality.Reference)[1]'
done

# One answer of the default model, by tokapu.cmd in a folder with an odd name and by llama-completion of the same CPU variant.
prompt='The capital of France is'
unzip -q -o -j models/*/target/tokapu-model-*.jar '*.gguf' -d "$work"
dist="$work/a folder with ö"
mkdir -p "$dist/lib" "$work/oracle"
cp cli/target/dist/lib/*.jar cli/target/tokapu-cli-*.jar "$native" "$dist/lib/"
rm -f "$dist"/lib/tokapu-native-*-linux-*.jar
{
    cat cli/target/dist/java.args
    echo "--patch-module=java.base=Z:$work/patch"
} >"$dist/java.args"
cp cli/src/dist/launch.cmd "$dist/tokapu.cmd"
ln -s "$javas/jdk25" "$dist/runtime"
# tokapu ARGUMENT...: with the cache where Windows has it
tokapu() {
    (cd "$dist" && wine cmd /c tokapu.cmd "$@") | tr -d '\r'
}
variant=$(tokapu doctor | sed -n 's/^CPU  *\([^ ]*\) .*chosen.*/\1/p')
cp "$oracle"/*.dll "$oracle/llama-completion.exe" "$work/oracle/"
find "$work/oracle" -name 'ggml-cpu-*' ! -name "ggml-cpu-$variant.dll" -delete
wanted=$(wine "$work/oracle/llama-completion.exe" -m "Z:$(echo "$work"/*.gguf)" -p "$prompt" -n 16 -c 2048 -fit off -t 1 -tb 1 -no-cnv --temp 0 \
    --no-display-prompt --no-warmup --simple-io --no-perf 2>/dev/null </dev/null | tr -d '\r')
answer=$(tokapu run --quiet --greedy --threads 1 --max-tokens 16 "$prompt")
if [ "$(echo $answer)" = "$(echo $wanted)" ] && [ -n "$variant" ]; then
    echo "the default model on $variant, by tokapu.cmd, as llama-completion.exe: $prompt ..." $answer
else
    echo "the default model on $variant, by tokapu.cmd: '$answer', but llama-completion.exe: '$wanted'"
    failed=1
fi
exit "$failed"
