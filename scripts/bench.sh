#!/bin/sh
# make bench: builds the libraries, llama.cpp's tools, the command line and the benchmarks, then measures. Nothing else
# should run on the machine meanwhile. Arguments go to benchmarks/run.py.
set -eu
cd "$(dirname "$0")/.."

case " $* " in *onnx*) profiles=-Ponnx ;; *) profiles= ;; esac # ONNX Runtime is 80 MB
mvn -B -q package -DskipTests $profiles -pl cli,benchmarks -am
cmake --build --preset linux-x86_64-oracle
./tokapu doctor >/dev/null
[ $# -eq 0 ] || exec benchmarks/run.py "$@"
for command in speed start jmh; do
    benchmarks/run.py "$command"
done
