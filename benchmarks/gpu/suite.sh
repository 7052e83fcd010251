#!/bin/bash
# The test suites through both bindings on this machine, with the Java of the bundle. $OUT gets suite.json (with --cpu
# suite-cpu.json) with counts and failures, and the console output of each run; the last lines are a table. Exit status 1 when
# a test failed.
# Left out are tests with the tag "cpu", which are about the CPU's arithmetic, its slowness or a machine without a driver,
# and what such a machine has not got: Java 17 (three tests of LoadingIT), and compilers and the source trees (the tag "checkout").
#
# usage: run.sh suite [--cpu] [--include REGEX] [--threads N] [--timeout SECONDS]
#     --cpu hides the GPUs and takes the tests with the tag "cpu" too: for processors that no other machine has, as with AMX
#     REGEX selects test classes (default: all that need native code), N: compute threads (default 1)
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/tests.sh"
include='.*IT'
threads=1
limit=540
result=suite
native=$work/native
tags=(--exclude-tag checkout --exclude-tag cpu)
while [ $# -gt 0 ]; do
    case $1 in
    --cpu)
        result=suite-cpu
        tags=(--exclude-tag checkout)
        shift
        continue
        ;;
    --include) include=$2 ;;
    --threads) threads=$2 ;;
    --timeout) limit=$2 ;;
    *)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 64
        ;;
    esac
    shift 2
done

if [ ! -f "$work/model.jar" ]; then
    echo "The default model is missing: copy target/gpu/model.part-* and model.sha256 of the machine that ran pack.sh into" \
        "target/gpu (several carries may share them) and run 'run.sh setup' after each" >&2
    exit 66
fi
if [ "$result" = suite-cpu ]; then
    cpu_alone
fi


# suite NAME BINDING: one run, in a folder of its own for what the tests write.
suite() {
    local name=$1-$2 folder=$work/$result/$1-$2 less=()
    [ "$2" = ffm ] || less=(--exclude-tag ffm)
    rm -rf "$folder"
    mkdir -p "$folder/reports"
    # The options are those of failsafe in pom.xml; the one Java stands for both.
    (cd "$folder" && timeout "$limit" "$java/bin/java" -Xmx1g --enable-native-access=ALL-UNNAMED -Dtokapu.binding="$2" \
        -Dtokapu.native.dir="$native" -Dtokapu.oracle.dir="$work/tools" -Dtokapu.root="$work/root" \
        -Dtokapu.cache.dir="$work/cache" -Dtokapu.jdk25="$java" -Dtokapu.jdk17="$java" -Dtokapu.test.threads="$threads" \
        -Dtokapu.test.thorough=true \
        -cp "$work/pack/test/$1:$jars:$work/model.jar" org.junit.platform.console.ConsoleLauncher execute \
        --scan-class-path="$work/pack/test/$1" --include-classname="$include" --exclude-methodname='.*LoadingIT#bindings_java17.*' \
        "${tags[@]}" "${less[@]}" --reports-dir="$folder/reports" \
        --disable-banner --disable-ansi-colors --details=testfeed >"$OUT/$result-$name.txt" 2>&1)
    echo $? >"$folder/exit"
}

source_tree "$root"

[ "$result" = suite-cpu ] || echo 'Left out: tests with the tag "cpu" (the CPU'"'"'s arithmetic or slowness, no driver).'
echo 'Left out: tests that need Java 17, a compiler or the source tree.'
# The bindings side by side, the suites one after the other: both leave most of the machine idle.
for binding in ffm jni; do
    (
        for module in contract-tests core structured engine; do
            suite "$module" "$binding"
        done
    ) &
done
wait
exec python3 "$root/benchmarks/run.py" "$result" --remote --threads "$threads"
