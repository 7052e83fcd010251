#!/bin/bash
# The tests of windows-x86_64, from a folder that test-wine.sh has laid out: on Windows the C tests, then contract tests and a choice of the API's tests with Java 25
# through FFM and Java 17 through JNI, one answer of the default model next to llama-completion.exe's, and tokapu.cmd from a folder with a
# space and an umlaut in its name. On Windows in the bash of Git, elsewhere in Wine. Exit status 1 when one failed.
#
# usage: run-windows-tests.sh FOLDER [--modules 'contract-tests core'] [--include REGEX] [--bindings 'ffm jni']
#     --include REGEX    other classes than the choice
# Environment: JDK25 and JDK17, the folders of both Javas for Windows; JAVA25_ARGS, further arguments of the first.
set -eu
[ -d "${1:-}" ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2 && exit 64; }
cd "$1"
shift
modules='contract-tests core' include= bindings='ffm jni'
while [ $# -gt 0 ]; do
    case $1 in
    --modules) modules=$2 && shift ;;
    --include) include=$2 && shift ;;
    --bindings) bindings=$2 && shift ;;
    *) echo "$1 is no option of run-windows-tests.sh" >&2 && exit 64 ;;
    esac
    shift
done
case $(uname -s) in
MINGW* | MSYS*)
    # path PATH: as Windows calls it; start PROGRAM ARGUMENT...
    path() { cygpath -m "$1"; }
    start() { MSYS2_ARG_CONV_EXCL='*' "$@"; }
    shell=cmd
    # Without the Java that these machines have.
    bare=/c/Windows/System32
    ;;
*)
    path() { echo "Z:$(realpath -s "$1")"; }
    start() { wine "$@"; }
    shell='wine cmd'
    bare=$PATH
    ;;
esac

here=$PWD
failed=0
rm -rf results
mkdir results
# failure WORDS...
failure() {
    echo "FAILED $*"
    failed=1
}

# In Wine ctest runs them.
if [ "$shell" = cmd ]; then
    while read -r name program arguments; do
        status=0
        mkdir -p c/scratch
        # shellcheck disable=SC2086
        (cd c && "./$program" $arguments) >"results/c-$name" 2>&1 </dev/null || status=$?
        case $status in
        0 | 77) ;; # 77: a CPU variant that this machine does not have
        *) failure "C test $name: exit status $status" && tail -n 5 "results/c-$name" ;;
        esac
        rm -rf c/scratch
    done <c/tests
    echo "$(wc -l <c/tests) C tests"
fi

declare -A classes=(
    [contract-tests]='^(?!.*HostileInput).*ContractIT$'
    [core]='.*\.(LifecycleIT|KvCacheIT|SequenceIT|ContextIT|LogIT|equality\.TokenizationIT)$'
    [engine]='.*\.EngineIT$'
    [structured]='.*IT$'
)
jars=$(for jar in lib/*.jar; do path "$here/$jar"; done | paste -s -d';')

# java BINDING ARGUMENT...
java() {
    local java=$JDK17 options=
    [ "$1" = jni ] || java=$JDK25 options="--enable-native-access=ALL-UNNAMED ${JAVA25_ARGS:-}"
    # shellcheck disable=SC2086
    start "$java/bin/java.exe" $options -Xmx1g -XX:TieredStopAtLevel=1 -XX:ActiveProcessorCount=1 -Dtokapu.binding="$1" \
        -Dtokapu.cache.dir="$(path "$here/results/cache")" "${@:2}"
}
# suite NAME BINDING FOLDER-OF-CLASSES SELECTION...
suite() {
    local out=results/$1-$2 left_out=
    mkdir -p "$out"
    # JVMs that tests start do not get JAVA25_ARGS, and this one ends without them.
    [ "$2" = jni ] || [ -z "${JAVA25_ARGS:-}" ] || left_out='--exclude-methodname=.*#everything_inOwnJvm_printsNothing'
    # shellcheck disable=SC2086
    (cd "$out" && java "$2" -Dtokapu.oracle.dir="$(path "$here/oracle")" -Dtokapu.root="$(path "$here/root")" \
        -Dtokapu.jdk25="$(path "$JDK25")" -Dtokapu.jdk17="$(path "$JDK17")" -cp "$(path "$here/$3");$jars" \
        org.junit.platform.console.ConsoleLauncher execute "${@:4}" --exclude-tag checkout --exclude-tag ffm --exclude-tag descriptors \
        $left_out --disable-banner --disable-ansi-colors --details=testfeed >out 2>&1) || failure "$1, $2"
    echo "$1, $2: $(awk '/tests successful/ {n = $2} /tests failed/ {f = $2} END {print n " tests passed, " f " failed"}' "$out/out")"
    grep -A3 ' :: FAILED' "$out/out" || true
}
for binding in $bindings; do
    for module in $modules; do
        suite "$module" "$binding" "tests/$module" --scan-class-path="$(path "$here/tests/$module")" --include-classname="${include:-${classes[$module]}}"
    done
    # Greedy texts of the tiny model, the second of the two that the test is for.
    [ -n "$include" ] || suite greedy "$binding" tests/core \
        --select-iteration='method:dev.tokapu.equality.GreedyTextIT#greedyLoop_twentyPrompts_equalToLlamaCompletion(dev.tokapu.equality.Reference)[1]'
done
[ -z "$include" ] || exit "$failed"

# tokapu.cmd in a folder with an odd name, by Java 25 as JAVA_HOME. Its cache is where Windows has it.
dist=$here/results/'a folder with ö (1) & b'
cp -R dist "$dist"
[ -z "${JAVA25_ARGS:-}" ] || echo "$JAVA25_ARGS" >>"$dist/java.args"
JAVA_HOME=$(path "$JDK25")
export JAVA_HOME
# tokapu ARGUMENT...: its output; the exit status is that of tokapu.cmd. It reads $input and has the PATH $search.
input=/dev/null search=$PATH
tokapu() {
    local status=0
    # shellcheck disable=SC2086
    (cd "$dist" && PATH=$search MSYS2_ARG_CONV_EXCL='*' $shell /c tokapu.cmd "$@") >"$here/results/said" <"$input" || status=$?
    tr -d '\r' <"$here/results/said"
    return "$status"
}
# check NAME EXPECTED ACTUAL: the actual text contains the expected one.
check() {
    case $3 in
    *"$2"*) echo "tokapu.cmd $1" ;;
    *) failure "tokapu.cmd $1: expected '$2' in: $3" ;;
    esac
}
# status ARGUMENT...: that of tokapu.cmd
status() {
    tokapu "$@" >/dev/null 2>&1 && echo "status 0" || echo "status $?"
}
doctor=$(tokapu doctor)
variant=$(echo "$doctor" | sed -n 's/^CPU  *\([^ ]*\) .*chosen.*/\1/p')
check "keeps the libraries where Windows has caches" '\AppData\Local\tokapu\native\windows-x86_64-' "$doctor"
for text in "wörld Привет 😀" "(briefly)? ! a&b *.jar"; do
    printf '%s' "$text" >results/text
    check "takes the argument $text" "=$(input=$here/results/text && tokapu tokenize --ids -)=" "=$(tokapu tokenize --ids "$text")="
done
check "prints letters of any language" "'ет'" "$(tokapu tokenize "Привет")"
check "chats" "status 0" "$(status chat --quiet --max-tokens 4 Hello)"
check "has the status of success" "status 0" "$(status --version)"
check "has the status of a wrong option" "status 2" "$(status --nonsense)"
check "has the status of a missing model" "status 3" "$(status run --model "C:\\no such\\model.gguf" Hello)"
check "finds Java in a JAVA_HOME in quotation marks" "status 0" "$(JAVA_HOME="\"$JAVA_HOME\"" && status --version)"
(
    unset JAVA_HOME
    search=$bare
    printf 'no program' >"$dist/java.exe"
    check "starts no java.exe of the current folder" "there is no Java" "$(tokapu --version 2>&1)"
    check "has a status of its own without Java" "status 70" "$(status --version)"
    rm "$dist/java.exe"
    WINEPATH=$(path "$JDK25/bin")
    export WINEPATH
    search=$search:$JDK25/bin
    check "finds Java in PATH" "status 0" "$(status --version)"
    exit "$failed"
) || failed=1

# Windows loads no library from a path this long.
deep=$(path "$here/results")/$(printf 'x%.0s' {1..120})/$(printf 'y%.0s' {1..120})
said=$(java jni -cp "$(path "$here/dist/lib")/*" -Dtokapu.cache.dir="$deep" dev.tokapu.cli.Main run --max-tokens 1 Hello 2>&1) && failure "a cache with a path of more than 259 characters is not refused"
case $said in
*"-Dtokapu.cache.dir"*) echo "a cache with a path of more than 259 characters is refused" ;;
*) failure "a cache with a path of more than 259 characters: $said" ;;
esac

# One answer of the default model, by tokapu.cmd and by llama-completion of the same CPU variant.
prompt='The capital of France is'
cp -R oracle results/oracle
find results/oracle -name 'ggml-cpu-*' ! -name "ggml-cpu-$variant.dll" -delete
wanted=$(start results/oracle/llama-completion.exe -m "$(path "$(echo "$here"/*.gguf)")" -p "$prompt" -n 16 -c 2048 -fit off -t 1 -tb 1 -no-cnv --temp 0 \
    --no-display-prompt --no-warmup --simple-io --no-perf --color off 2>/dev/null </dev/null | tr -d '\r')
answer=$(tokapu run --quiet --greedy --threads 1 --max-tokens 16 "$prompt")
# shellcheck disable=SC2086
if [ -n "$variant" ] && [ -n "$answer" ] && [ "$(echo $answer)" = "$(echo $wanted)" ]; then
    echo "the default model on $variant, by tokapu.cmd, as llama-completion.exe: $prompt ..." $answer
else
    failure "the default model on $variant, by tokapu.cmd: '$answer', but llama-completion.exe: '$wanted'"
fi
exit "$failed"
