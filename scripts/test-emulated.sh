#!/bin/bash
# Tests linux-aarch64 on another processor: QEMU runs the C tests, then the contract tests and a choice of the API's tests with Java
# 25 through FFM and Java 17 through JNI, then one answer of the default model beside llama-completion's. Hours would go by with
# all tests: QEMU computes a hundred times as slowly. Exit status 1 when one failed.
#
# usage: test-emulated.sh [--no-build] [--no-c] [--modules 'contract-tests core'] [--include REGEX] [--bindings 'ffm jni']
#     --no-build         what has been built already (with -Dtokapu.cross=linux-aarch64 and -Pgpu)
#     --no-c             without the C tests
#     --include REGEX    other classes than the choice
#
# Needs: g++-aarch64-linux-gnu, qemu-user-static and binfmt-support (Debian's names), so that a process of AArch64 can start another.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
platform=linux-aarch64
build=yes c=yes modules='contract-tests core' include= bindings='ffm jni'
while [ $# -gt 0 ]; do
    case $1 in
    --no-build) build=no ;;
    --no-c) c=no ;;
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

QEMU_LD_PREFIX=$(scripts/emulation-root.sh)
export QEMU_LD_PREFIX
"$QEMU_LD_PREFIX/jdk25/bin/java" -version >/dev/null 2>&1 || {
    echo "This machine does not start programs for AArch64: install qemu-user-static and binfmt-support" >&2
    exit 69
}
if [ "$build" = yes ]; then
    mvn -B -q -Pgpu -DskipTests -Dtokapu.cross=$platform -pl cli,benchmarks,bindings/contract-tests,java-api/engine -am package
    cmake --build --preset $platform --target all oracle
fi
failed=0
if [ "$c" = yes ]; then
    ctest --preset $platform || failed=1
fi

work=$root/target/emulated
rm -rf "$work"
mkdir -p "$work/root/native/target/oracle"
cp -R native/include "$work/root/native/"
cp native/target/oracle-$platform/tokapu-oracle "$work/root/native/target/oracle/"
oracle=$(cat native/target/oracle-$platform.path)
# The jar of this platform alone: the loader has to find it. The tests have a log provider of their own.
jars=$(find cli/target/dist/lib benchmarks/target/gpu-lib -name '*.jar' ! -name 'tokapu-native-*' ! -name 'slf4j-simple-*' |
    sed "s,^,$root/," | LC_ALL=C sort | paste -s -d:)
jars=$jars:$(echo "$root"/platform-jars/native/target/tokapu-native-*-$platform.jar)

# What fits: each kind of call, native and Java errors, children, text equal to llama.cpp's own. Hostile inputs do not: they have
# minutes until they count as endless.
declare -A classes=(
    [contract-tests]='^(?!.*HostileInput).*(ContractIT|HeaderDriftIT)$'
    [core]='.*\.(LifecycleIT|KvCacheIT|SequenceIT|ContextIT|LogIT|equality\.CpuVariantIT|equality\.TokenizationIT)$'
    [engine]='.*\.EngineIT$'
    [structured]='.*IT$'
)

# java BINDING ARGUMENT...
java() {
    local java=jdk17
    [ "$1" = jni ] || java=jdk25
    "$QEMU_LD_PREFIX/$java/bin/java" $([ "$1" = jni ] || echo --enable-native-access=ALL-UNNAMED) -Xmx1g -XX:TieredStopAtLevel=1 \
        -XX:ActiveProcessorCount=1 -Dtokapu.binding="$1" -Dtokapu.cache.dir="$work/cache" "${@:2}"
}
# suite NAME BINDING FOLDER-OF-CLASSES SELECTION...
suite() {
    local folder=$work/$1-$2
    mkdir -p "$folder"
    (cd "$folder" && java "$2" -Dtokapu.oracle.dir="$oracle" -Dtokapu.root="$work/root" -Dtokapu.jdk25="$QEMU_LD_PREFIX/jdk25" \
        -Dtokapu.jdk17="$QEMU_LD_PREFIX/jdk17" -cp "$3:$jars" org.junit.platform.console.ConsoleLauncher execute "${@:4}" \
        --exclude-tag checkout --exclude-tag ffm --disable-banner --disable-ansi-colors --details=testfeed >out 2>&1) || failed=1
    echo "$1, $2: $(awk '/tests successful/ {n = $2} /tests failed/ {f = $2} END {print n " tests passed, " f " failed"}' "$folder/out")"
    grep -A3 ' :: FAILED' "$folder/out" || true
}
for binding in $bindings; do
    for module in $modules; do
        tests=$root/java-api/$module/target/test-classes
        [ "$module" != contract-tests ] || tests=$root/bindings/contract-tests/target/test-classes
        suite "$module" "$binding" "$tests" --scan-class-path="$tests" --include-classname="${include:-${classes[$module]}}"
    done
    # Greedy texts of the tiny model, the second of the two that the test is for.
    [ -n "$include" ] || suite greedy "$binding" "$root/java-api/core/target/test-classes" \
        --select-iteration='method:dev.tokapu.equality.GreedyTextIT#greedyLoop_twentyPrompts_equalToLlamaCompletion(dev.tokapu.equality.Reference)[1]'
done

# One answer of the default model, through the command line and by llama-completion of the same CPU variant.
prompt='The capital of France is'
unzip -q -o -j models/*/target/tokapu-model-*.jar '*.gguf' -d "$work"
cli=$(echo "$root"/cli/target/tokapu-cli-*.jar):$jars
mkdir "$work/oracle"
variant=$(java ffm -cp "$cli" dev.tokapu.cli.Main doctor | sed -n 's/^CPU  *\([^ ]*\) .*chosen.*/\1/p')
cp -L "$oracle"/lib*.so "$oracle/llama-completion" "$work/oracle/"
find "$work/oracle" -name 'libggml-cpu-*' ! -name "libggml-cpu-$variant.so" -delete
wanted=$("$work/oracle/llama-completion" -m "$work"/*.gguf -p "$prompt" -n 16 -c 2048 -fit off -t 1 -tb 1 -no-cnv --temp 0 --no-display-prompt \
    --no-warmup --simple-io --no-perf 2>/dev/null </dev/null)
for binding in $bindings; do
    answer=$(java "$binding" -cp "$cli" dev.tokapu.cli.Main run --quiet --greedy --threads 1 --max-tokens 16 "$prompt")
    if [ "$(echo $answer)" = "$(echo $wanted)" ]; then
        echo "the default model on $variant, $binding, as llama-completion: $prompt ..." $answer
    else
        echo "the default model on $variant, $binding: '$answer', but llama-completion: '$wanted'"
        failed=1
    fi
done
exit "$failed"
