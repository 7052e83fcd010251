#!/bin/sh
# Packs what run.sh needs on a machine with a GPU but with neither Java, Maven nor network:
#     target/gpu/pack.tar.xz     the bundle without the model, the test suites, the benchmarks, llama.cpp's tools
#     target/gpu/model.part-N    the default model's jar in pieces, because it does not compress and a transfer has a limit
#
# usage: pack.sh [--no-build] [--part-mib N]     N: size of a piece in MiB (default 32)
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=yes
part=32
while [ $# -gt 0 ]; do
    case $1 in
    --no-build) build=no ;;
    --part-mib)
        part=$2
        shift
        ;;
    *)
        sed -n 's/^# \{0,1\}//; /^usage/p' "$0" >&2
        exit 64
        ;;
    esac
    shift
done

cd "$root"
if [ "$build" = yes ]; then
    mvn -B -q -Pgpu -DskipTests -pl cli,benchmarks,bindings/contract-tests,java-api/engine,fuzz -am package
    cmake --build --preset linux-x86_64-oracle
fi
[ -d benchmarks/target/gpu-lib ] || { echo "Nothing is built: leave out --no-build" >&2; exit 66; }

gpu=$root/target/gpu
pack=$gpu/pack
rm -rf "$gpu"
mkdir -p "$pack/test" "$pack/tools"
# JUnit reads and writes XML and looks at the JVM; the tests measure threads and memory.
scripts/bundle.sh --no-build --without-model --output "$pack" --modules java.xml,java.management,jdk.management,java.instrument,jdk.jfr
cp -R bindings/contract-tests/target/test-classes "$pack/test/contract-tests"
for module in core structured engine; do
    cp -R "java-api/$module/target/test-classes" "$pack/test/$module"
done
cp -R fuzz/target/test-classes "$pack/test/fuzz"
cp -R benchmarks/target/classes "$pack/test/benchmarks"
mkdir "$pack/test/lib"
# AssertJ wants Byte Buddy for soft assertions only; it is as large as all the rest.
find benchmarks/target/gpu-lib -name '*.jar' ! -name 'byte-buddy-*' -exec cp {} "$pack/test/lib/" \;

# The tools' own parts; run.sh lays llama.cpp's libraries beside them, the same that Tokapu uses.
oracle=$(cat native/target/oracle.path)
for file in "$oracle"/llama-* "$oracle"/libllama-*-impl.so native/target/oracle/tokapu-oracle; do
    cp -L "$file" "$pack/tools/"
done
# llama-server, where it has been built: cmake --build --preset linux-x86_64-server
server=$(cat native/target/server.path 2>/dev/null || true)
if [ -x "$server/llama-server" ]; then
    cp -L "$server/llama-server" "$server/libllama-server-impl.so" "$pack/tools/"
fi
strip "$pack"/tools/*

PYTHONPATH=benchmarks python3 -B -c 'import json; from harness.checkout import commit, llama_release
print(json.dumps({"commit": commit(), "llama_cpp": llama_release()}))' >"$pack/info.json"
tar -C "$pack" --sort=name --owner=0 --group=0 --numeric-owner -c . | xz -T0 >"$gpu/pack.tar.xz"

model=$(echo "$root"/models/smollm2-135m-instruct/target/tokapu-model-*.jar)
split -b "${part}M" -d -a 1 "$model" "$gpu/model.part-"
sha256sum <"$model" >"$gpu/model.sha256"
du -m "$gpu"/pack.tar.xz "$gpu"/model.part-*
