#!/bin/bash
# Tests windows-x86_64 on Linux, in Wine: the C tests, then run-windows-tests.sh. The folder that it lays out, target/windows-tests, can be
# tested on a Windows, too. Exit status 1 when one failed.
#
# usage: test-wine.sh [--no-build] [--no-c] [--no-run] [--variants all|machine] [ARGUMENT OF run-windows-tests.sh ...]
#     --no-build         what has been built already (with -Dtokapu.cross=windows-x86_64 and -Pgpu)
#     --no-c             without the C tests
#     --no-run           without the Java tests; with --no-c, Wine is not needed
#     --variants machine x64 and the CPU variant of this machine alone
#
# Needs: g++-mingw-w64-x86-64-posix and wine64 (Debian's names).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
platform=windows-x86_64
build=yes c=yes run=yes variants=all
while [ $# -gt 0 ]; do
    case $1 in
    --no-build) build=no ;;
    --no-c) c=no ;;
    --no-run) run=no ;;
    --variants) variants=$2 && shift ;;
    --modules | --include | --bindings) break ;;
    *)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 64
        ;;
    esac
    shift
done
cd "$root"

work=$root/target/wine
rm -rf "$work"
mkdir -p "$work"
if [ "$c$run" != nono ]; then
    javas=$(scripts/wine-root.sh)
    # A Windows of its own, without dialogs.
    export WINEPREFIX=$work/prefix WINEDEBUG=-all WINEDLLOVERRIDES='mscoree=;mshtml=;winedbg.exe=d'
    wine "Z:$javas/jdk25/bin/java.exe" -version >/dev/null 2>&1 || {
        echo "This machine does not start programs for Windows: install wine64" >&2
        exit 69
    }
fi
if [ "$build" = yes ]; then
    mvn -B -q -Pgpu -DskipTests -Dtokapu.cross=$platform -Dtokapu.variants="$variants" -pl cli,benchmarks,bindings/contract-tests,java-api/engine -am package
    cmake --build --preset $platform --target all oracle
fi
failed=0
if [ "$c" = yes ]; then
    ctest --preset $platform || failed=1
fi

# --- all that the Java tests need, in one folder without links
jdk=$(config/find-jdk.sh 25)
folder=$root/target/windows-tests
rm -rf "$folder"
mkdir -p "$folder/root/native/target/oracle" "$folder/lib" "$folder/tests" "$folder/oracle" "$folder/dist/lib"
cp -R native/include "$folder/root/native/"
cp native/target/oracle-$platform/*.exe "$folder/root/native/target/oracle/"
oracle=$(cat native/target/oracle-$platform.path)
cp "$oracle"/*.dll "$oracle"/*.exe "$folder/oracle/"
cp cli/target/dist/lib/*.jar cli/target/tokapu-cli-*.jar "$folder/dist/lib/"
cp cli/target/dist/lib/*.jar benchmarks/target/gpu-lib/*.jar "$folder/lib/"
# The native jar of this platform alone: the loader has to find it.
for lib in "$folder/dist/lib" "$folder/lib"; do
    rm -f "$lib"/tokapu-native-*.jar
    cp platform-jars/native/target/tokapu-native-*-$platform.jar "$lib/"
done
# The tests have a log provider of their own.
rm -f "$folder"/lib/slf4j-simple-*.jar
cp -R bindings/contract-tests/target/test-classes "$folder/tests/contract-tests"
for module in core structured engine; do
    [ ! -d "java-api/$module/target/test-classes" ] || cp -R "java-api/$module/target/test-classes" "$folder/tests/$module"
done
unzip -q -o -j models/*/target/tokapu-model-*.jar '*.gguf' -d "$folder"
cli/src/dist/prepare-dist.sh "$folder/dist" "$jdk" --windows
cp scripts/run-windows-tests.sh "$folder/"
# The C tests with their libraries, and a line for each: name, program, arguments. Not those that want more of this checkout.
mkdir "$folder/c"
cp native/target/$platform/*.dll native/target/$platform/*.exe "$folder/c/"
find native/target/build-$platform/native/tests -maxdepth 1 -name '*.dll' -exec cp {} "$folder/c/" \;
ctest --preset $platform --show-only=json-v1 | python3 -c '
import json, pathlib, shutil, sys
folder, root = pathlib.Path(sys.argv[1]) / "c", sys.argv[2]
with open(folder / "tests", "w", newline="\n") as lines:
    for test in json.load(sys.stdin)["tests"]:
        command = test.get("command", [])
        programs = [i for i, word in enumerate(command) if word.endswith(".exe")]
        if not programs or "sh" in command:
            continue
        program, arguments = pathlib.Path(command[programs[0]]), command[programs[0] + 1:]
        arguments = ["scratch" if "/tests/scratch/" in one else "." if one == root + "/native/target/windows-x86_64" else one for one in arguments]
        if not program.is_file() or any(root in one or "/llama" in one for one in arguments):
            continue
        shutil.copy(program, folder)
        print(test["name"], program.name, *arguments, file=lines)
' "$folder" "$root"
[ "$run" = yes ] || exit "$failed"

# Java 25 asks for the network's interfaces where it wants random numbers, by a function that Wine 8 does not have: it ends the process.
mkdir -p "$work/java/net" "$work/patch"
unzip -p "$jdk/lib/src.zip" java.base/java/net/NetworkInterface.java |
    sed -E '/native NetworkInterface\[\] getAll\(\)/ { N; s/native (NetworkInterface\[\] getAll\(\)).*/\1 { return null; }/; }' >"$work/java/net/NetworkInterface.java"
"$jdk/bin/javac" -nowarn --patch-module "java.base=$work" -d "$work/patch" "$work/java/net/NetworkInterface.java"
JDK25=$javas/jdk25 JDK17=$javas/jdk17 JAVA25_ARGS="--patch-module=java.base=Z:$work/patch" scripts/run-windows-tests.sh "$folder" "$@" || failed=1
exit "$failed"
