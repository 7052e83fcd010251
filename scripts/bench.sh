#!/bin/sh
# make bench: builds the libraries, llama.cpp's tools, the command line and the benchmarks, then measures. Nothing else
# should run on the machine meanwhile. Arguments go to benchmarks/run.py.
set -eu
cd "$(dirname "$0")/.."

mvn -B -q package -DskipTests -pl cli,benchmarks -am
cmake --build --preset linux-x86_64-oracle
./tokapu doctor >/dev/null
if [ $# -gt 0 ]; then
    exec benchmarks/run.py "$@"
fi
exec benchmarks/run.py speed start jmh
