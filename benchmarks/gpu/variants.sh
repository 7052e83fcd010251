#!/bin/bash
# The test suites with each CPU variant that this processor runs, a process for each test class. $OUT gets variants.txt: a line
# for each variant and binding, then the output of the classes that failed. Exit status 1 when one failed.
# Left out: what suite.sh leaves out.
#
# usage: run.sh variants [--variants 'x64 haswell ...'] [--bindings 'ffm jni'] [--include REGEX] [--processes N] [--limit SECONDS]
#     by default all variants with FFM, classes of core, structured and engine, as many processes as processors
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
. "$(dirname "$0")/tests.sh"
bindings=ffm include='.*IT$' processes=$(nproc) limit=400
variants=$(cd "$work/native" && for file in libggml-cpu-*.so; do echo "${file:12:-3}"; done | tr '\n' ' ')
while [ $# -gt 0 ]; do
    case $1 in
    --variants) variants=$2 ;;
    --bindings) bindings=$2 ;;
    --include) include=$2 ;;
    --processes) processes=$2 ;;
    --limit) limit=$2 ;;
    *)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 64
        ;;
    esac
    shift 2
done

cpu_alone
source_tree "$root"
folder=$work/variants
rm -rf "$folder"
mkdir -p "$folder"
export java jars work native folder limit

# class VARIANT BINDING MODULE CLASS
class() {
    local own=$folder/$1-$2/$4 less=()
    [ "$2" = ffm ] || less=(--exclude-tag ffm)
    mkdir -p "$own"
    (cd "$own" && timeout "$limit" "$java/bin/java" -Xmx1g -XX:ActiveProcessorCount=1 -XX:TieredStopAtLevel=1 \
        --enable-native-access=ALL-UNNAMED -Djava.io.tmpdir="$own" -Dtokapu.cpu="$1" -Dtokapu.binding="$2" \
        -Dtokapu.native.dir="$native" -Dtokapu.oracle.dir="$work/tools" -Dtokapu.root="$work/root" -Dtokapu.cache.dir="$work/cache" \
        -Dtokapu.jdk25="$java" -Dtokapu.jdk17="$java" -Dtokapu.test.threads=1 -cp "$work/pack/test/$3:$jars:$work/model.jar" \
        org.junit.platform.console.ConsoleLauncher execute -c "$4" --exclude-methodname='.*LoadingIT#bindings_java17.*' \
        --exclude-tag checkout "${less[@]}" --disable-banner --disable-ansi-colors --details=tree >out 2>&1)
    echo $? >"$own/exit"
}
export -f class
for variant in $variants; do
    for binding in $bindings; do
        for module in core structured engine; do
            (cd "$work/pack/test/$module" && find . -name '*IT.class' | sed 's|^\./||; s|\.class$||; s|/|.|g') |
                grep -E "$include" | LC_ALL=C sort | sed "s/^/$variant $binding $module /"
        done
    done
done | xargs -P "$processes" -L 1 bash -c 'class "$@"' class

failed=0
for run in "$folder"/*/; do
    bad=$(grep -Lx 0 "$run"/*/exit | wc -l)
    failed=$((failed + bad))
    echo "$(basename "$run"): $(ls "$run" | wc -l) classes, $bad failed," \
        "$(cat "$run"/*/out | awk '/tests successful/ {n += $2} /tests failed/ {f += $2} END {print n " tests passed, " f " failed"}')"
done | tee "$OUT/variants.txt"
for exit in $(grep -Lx 0 "$folder"/*/*/exit); do
    echo "== $exit: $(cat "$exit")"
    grep -vE '^(\.|\[ +0)' "$(dirname "$exit")/out" | head -150
done >>"$OUT/variants.txt"
! grep -qLx 0 "$folder"/*/*/exit
