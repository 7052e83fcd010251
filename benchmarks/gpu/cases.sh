#!/bin/bash
# Many random cases of one test over all processors of this machine, in processes of N cases each. $OUT gets cases-TARGET-BINDING.txt:
# a line for each process with what it printed, and the whole output of those that failed. Exit status 1 when one failed.
#
# usage: run.sh cases TARGET FIRST COUNT EACH [--binding ffm|jni] [--seed N] [--seconds N] [--processes N] [--option -Dkey=value]
#     TARGET   tools (DefaultModelToolsIT), or files, adapters, answers, texts, templates, calls (FuzzIT)
#     FIRST    number of the first case; COUNT of them, EACH in a process
#     seconds  no process is started after that time (default 560); the last line says which case is next
set -u
. "$(dirname "$0")/tests.sh"
target=$1 first=$2 count=$3 each=$4
shift 4
binding=ffm seed=1 seconds=560 processes=$(nproc) option=-Dtokapu.fuzz.trialAfter=true
while [ $# -gt 0 ]; do
    case $1 in
    --binding) binding=$2 ;;
    --seed) seed=$2 ;;
    --seconds) seconds=$2 ;;
    --processes) processes=$2 ;;
    --option) option=$2 ;;
    *)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 64
        ;;
    esac
    shift 2
done

module=fuzz class=dev.tokapu.fuzz.FuzzIT
[ "$target" != tools ] || module=structured class=dev.tokapu.structured.DefaultModelToolsIT
cpu_alone
folder=$work/cases-$target-$binding
rm -rf "$folder"
mkdir -p "$folder"
export java jars work target each binding seed module class native folder option
export until=$(($(date +%s) + seconds))

cases() {
    [ "$(date +%s)" -lt "$until" ] || return 0
    local own=$folder/$1 none=() other
    for other in files adapters answers texts templates calls; do
        [ "$other" = "$target" ] || none+=("-Dtokapu.fuzz.$other=0")
    done
    mkdir "$own"
    (cd "$own" && "$java/bin/java" -Xmx512m -XX:+UseSerialGC -XX:ActiveProcessorCount=1 -XX:TieredStopAtLevel=1 \
        --enable-native-access=ALL-UNNAMED -Djava.io.tmpdir="$own" -Dtokapu.binding="$binding" -Dtokapu.native.dir="$native" \
        -Dtokapu.oracle.dir="$work/tools" -Dtokapu.cache.dir="$work/cache" -Dtokapu.test.threads=1 "$option" \
        -Dtokapu.test.tools="$each" -Dtokapu.test.seed="$((seed * 1000000 + $1))" \
        "${none[@]}" -Dtokapu.fuzz.seed="$seed" -Dtokapu.fuzz.first="$1" "-Dtokapu.fuzz.$target=$each" -Dtokapu.fuzz.hang=120 \
        -cp "$work/pack/test/$module:$jars:$work/model.jar" org.junit.platform.console.ConsoleLauncher execute -c "$class" \
        --disable-banner --disable-ansi-colors --details=none >"$own/out" 2>&1)
    echo $? >"$own/exit"
    find "$own" -name 'case.gguf' -delete
}
export -f cases
seq "$first" "$each" $((first + count - 1)) | xargs -P "$processes" -I{} bash -c 'cases {}'

result=$OUT/cases-$target-$binding.txt
failed=0 done=0 next=$((first + count))
for ((at = first; at < first + count; at += each)); do
    [ -f "$folder/$at/exit" ] || { [ "$at" -ge "$next" ] || next=$at; continue; }
    done=$((done + each))
    echo "$at $(cat "$folder/$at/exit") $(grep -E "^$target \(|tools called" "$folder/$at/out" | tr '\n' ' ')" >>"$result"
    [ "$(cat "$folder/$at/exit")" = 0 ] || { failed=$((failed + 1)); cat "$folder/$at/out" >>"$result"; }
done
echo "$target ($binding, seed $seed): $done cases from $first, $failed processes failed, next $next" | tee -a "$result"
[ "$failed" = 0 ]
