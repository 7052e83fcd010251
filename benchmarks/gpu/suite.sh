#!/bin/bash
# Both test suites through both bindings on this machine, with the Java of the bundle. $OUT gets suite.json with counts and
# failures, and the console output of each run; the last lines are a table. Exit status 1 when a test failed.
# Tests with the tag "cpu" are left out: they are about the CPU's arithmetic, its slowness or a machine without a driver.
#
# usage: run.sh suite [--include REGEX] [--threads N] [--timeout SECONDS]
#     REGEX selects test classes (default: all that need native code), N: compute threads (default 1)
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$TOKAPU_GPU_WORK
include='.*IT'
threads=1
limit=540
while [ $# -gt 0 ]; do
    case $1 in
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

java=$work/pack/tokapu/runtime
# There is no Java 17 on such a machine: the three tests that start one are left out.
# The tests have a log provider of their own.
jars=$(find "$work/pack/tokapu/lib" "$work/pack/test/lib" -name '*.jar' ! -name 'slf4j-simple-*' | LC_ALL=C sort | paste -s -d:)

# suite NAME BINDING: one run, in a folder of its own for what the tests write.
suite() {
    local name=$1-$2 folder=$work/suite/$1-$2
    rm -rf "$folder"
    mkdir -p "$folder/reports"
    # The options are those of failsafe in pom.xml; the one Java stands for both.
    (cd "$folder" && timeout "$limit" "$java/bin/java" -Xmx1g --enable-native-access=ALL-UNNAMED -Dtokapu.binding="$2" \
        -Dtokapu.native.dir="$work/native" -Dtokapu.oracle.dir="$work/tools" -Dtokapu.root="$work/root" \
        -Dtokapu.cache.dir="$work/cache" -Dtokapu.jdk25="$java" -Dtokapu.jdk17="$java" -Dtokapu.test.threads="$threads" \
        -cp "$work/pack/test/$1:$jars:$work/model.jar" org.junit.platform.console.ConsoleLauncher execute \
        --scan-class-path="$work/pack/test/$1" --include-classname="$include" --exclude-methodname='.*LoadingIT#bindings_java17.*' --exclude-tag cpu --reports-dir="$folder/reports" \
        --disable-banner --disable-ansi-colors --details=testfeed >"$OUT/suite-$name.txt" 2>&1)
    echo $? >"$folder/exit"
}

# What the tests look up in the source tree.
mkdir -p "$work/root/native/target/oracle"
cp -R "$root/native/include" "$work/root/native/"
cp "$work/tools/tokapu-oracle" "$work/root/native/target/oracle/"

echo 'Left out: tests with the tag "cpu" (the CPU'"'"'s arithmetic or slowness, no driver), and those that start Java 17.'
# The bindings side by side, the suites one after the other: both leave most of the machine idle.
for binding in ffm jni; do
    (
        suite contract-tests "$binding"
        suite java-api "$binding"
    ) &
done
wait
exec python3 "$(dirname "$0")/suite_summary.py"
