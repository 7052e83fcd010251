#!/bin/sh
# Tests of bundle.sh on what Maven has built: the bundle answers as the class path of ./tokapu does, wherever it lies, with nothing installed.
# Run by the cli module after its own tests.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/.." && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
. "$here/assert.sh"

"$here/bundle.sh" --no-build --output "$scratch/built" >"$scratch/log" 2>&1 || {
    cat "$scratch/log"
    exit 1
}
home="$scratch/a home"
folder="$scratch/another place"
mkdir "$home" "$folder" "$scratch/bin"
mv "$scratch/built/tokapu" "$folder/"
ln -s "../another place/tokapu/tokapu" "$scratch/bin/tokapu"
# A machine with a shell, little else and no Java.
for tool in sh dirname readlink uname; do
    ln -s "$(command -v $tool)" "$scratch/bin/$tool"
done
bare() {
    (cd / && env -i PATH="$scratch/bin" HOME="$home" tokapu "$@" 2>&1)
}

# What ./tokapu would start; it itself could begin to build.
cli=$root/cli/target
answer=$("$("$root/config/find-jdk.sh" 25)/bin/java" --enable-native-access=ALL-UNNAMED -cp "$cli/dist/lib/*:$(echo "$cli"/tokapu-cli-*.jar)" \
    dev.tokapu.cli.Main run --quiet --greedy --threads 1 --max-tokens 8 "The capital of France is" 2>&1)
check "the class path answers" "Paris" "$answer"
check "the bundle answers the same" "=$answer=" "=$(bare run --quiet --greedy --threads 1 --max-tokens 8 "The capital of France is")="
check "through JNI too" "=$answer=" "=$(bare run --binding jni --quiet --greedy --threads 1 --max-tokens 8 "The capital of France is")="
check "the bundle takes text of any language" "ö" "$(bare tokenize "wörld")"
check "doctor finds all" "Everything that Tokapu needs is here." "$(bare doctor)"
check "doctor names the bundle's libraries" "$folder/tokapu/native" "$(bare doctor)"
check "doctor names the bundle's Java" "$folder/tokapu/runtime" "$(bare doctor)"
# Where the JVM took a class of ours from.
origin() {
    class_path=$(sed "s,^,$folder/tokapu/lib/," "$folder/tokapu/class-path" | paste -s -d:)
    "$folder/tokapu/runtime/bin/java" -Xlog:class+load:stdout -XX:AOTCache="$folder/tokapu/tokapu.aot" @"$folder/tokapu/java.args" \
        -Xlog:class+load:stdout -cp "$class_path" dev.tokapu.cli.Main --help 2>&1 | grep 'dev.tokapu.cli.Main source:'
}
check "the cache of classes fits after a move" "shared objects file" "$(origin)"
rm "$folder/tokapu/tokapu.aot"
check "this check can fail" "tokapu-cli" "$(origin)"
check "the bundle answers without the cache" "=$answer=" "=$(bare run --quiet --greedy --threads 1 --max-tokens 8 "The capital of France is")="

before=$(cd "$folder" && find . | LC_ALL=C sort)
chmod -R a-w "$folder"
check "a read-only bundle answers" "=$answer=" "=$(bare run --quiet --greedy --threads 1 --max-tokens 8 "The capital of France is")="
chmod -R u+w "$folder"
[ "$before" = "$(cd "$folder" && find . | LC_ALL=C sort)" ] || check "nothing is written into the bundle" "$before" "$(find "$folder")"

"$here/bundle.sh" --no-build --without-model --modules java.xml --output "$scratch/small" >"$scratch/log" 2>&1
check "a bundle without a model says what it wants" "--model" \
    "$(env -i PATH=/bin:/usr/bin HOME="$home" "$scratch/small/tokapu/tokapu" run Hello 2>&1)"
check "a bundle has further modules" "java.xml" "$("$scratch/small/tokapu/runtime/bin/java" --list-modules)"
check "an unknown option shows the usage" "--without-model" "$("$here/bundle.sh" --nonsense 2>&1)"
check "Windows' script is in the bundle of Windows alone" "none" "$([ -e "$scratch/small/tokapu/tokapu.cmd" ] || echo none)"
check "a bundle wants the native jar of its platform" "No native jar of windows-aarch64" \
    "$("$here/bundle.sh" --no-build --without-model --platform windows-aarch64 --output "$scratch/none" 2>&1)"
check "a platform without a bundle is refused" "There is no bundle for linux-riscv64" "$("$here/bundle.sh" --platform linux-riscv64 2>&1)"

mkdir "$scratch/co:lon"
mv "$scratch/small/tokapu" "$scratch/co:lon/"
check "a path that Java cannot use is named" "Java cannot use a path with a colon" "$("$scratch/co:lon/tokapu/tokapu" doctor 2>&1)"

[ "$failures" -eq 0 ] && echo "bundle: all tests passed"
exit "$failures"
