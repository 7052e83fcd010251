#!/bin/bash
# The GPU runs: what pack.sh packed, on a machine with a GPU, or on any other for a trial. Results go to $OUT as JSON.
#
# usage: run.sh COMMAND [ARGS]
#     setup [--libs FOLDER]       unpacks target/gpu/pack.tar.xz, joins the pieces of the model that are there, and takes the
#                                 libraries of FOLDER (ggml's GPU modules and what they need) to those of the bundle
#     model [ARGS]                writes the 8B-class model (random-model of benchmarks/run.py)
#     table [ARGS]                all points of the public page, docs/performance.html, and the page (table.sh)
#     multi                       several GPUs (multi.sh)
#     suite [ARGS]                both test suites through both bindings (suite.sh); with --cpu on the CPU alone
#     cases TARGET ...            many random cases of one test (cases.sh)
#     variants [ARGS]             the test suites with each CPU variant (variants.sh)
#     speed, batched, serve, interference, overload, prefix, copies, structured, speculation, embed, checks [ARGS]
#                                 that command of benchmarks/run.py --remote
#
# Several carries: copy the pieces of the model into target/gpu in one call and call setup in each; what is there is kept in
# $TOKAPU_GPU_WORK (default /tmp/tokapu-gpu).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export TOKAPU_GPU_WORK=${TOKAPU_GPU_WORK:-/tmp/tokapu-gpu}
export OUT=${OUT:-$root/target/gpu-results}
export PYTHONUNBUFFERED=1
work=$TOKAPU_GPU_WORK
mkdir -p "$work" "$OUT"

unpack() {
    local pack=$root/target/gpu/pack.tar.xz
    [ -f "$pack" ] && ! cmp -s "$pack" "$work/pack.tar.xz" || return 0
    rm -rf "$work/pack"
    mkdir "$work/pack"
    # xz may be missing, Python is not.
    python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2], filter="fully_trusted")' "$pack" "$work/pack"
    cp "$pack" "$work/pack.tar.xz"
    rm -rf "$work/native" "$work/tools"
}

join_model() {
    local jar=$work/model.jar part
    for part in "$root"/target/gpu/model.part-* "$root"/target/gpu/model.sha256; do
        [ ! -f "$part" ] || cp "$part" "$work/"
    done
    [ -f "$work/model.part-0" ] || return 0
    cat "$work"/model.part-? >"$jar"
    if [ "$(sha256sum <"$jar")" != "$(cat "$work/model.sha256")" ]; then
        rm "$jar"
        echo "not all pieces of the default model are here yet: $(cd "$work" && echo model.part-?)"
        return 0
    fi
    rm "$work"/model.part-?
    python3 - "$jar" "$work/default.gguf" <<'PY'
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as jar:
    name = next(n for n in jar.namelist() if n.endswith(".gguf"))
    with jar.open(name) as source, open(sys.argv[2], "wb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
PY
}

# One folder for -Dtokapu.native.dir, one for the tools, with the same libraries.
lay_out() {
    local folder
    for folder in native tools; do
        mkdir -p "$work/$folder"
        cp -u "$work"/pack/tokapu/native/*.so "$work/$folder/"
        [ -z "${1:-}" ] || find "$1" -maxdepth 1 -name '*.so*' -exec cp -Lu {} "$work/$folder/" \;
    done
    cp -u "$work"/pack/tools/* "$work/tools/"
}

setup() {
    unpack
    join_model
    lay_out "${1:-}"
    ls "$work" "$work/native" | tr '\n' ' '
    echo
}

[ $# -gt 0 ] || set -- help
case $1 in
setup)
    [ "${2:-}" = --libs ] && setup "$3" || setup
    ;;
model)
    shift
    [ -f "$work/8b.gguf" ] && [ $# -eq 0 ] || python3 "$here/../run.py" random-model "$work/8b.gguf" "$@"
    ;;
speed | batched | serve | interference | overload | prefix | copies | structured | speculation | embed | checks) exec python3 "$here/../run.py" "$1" --remote "${@:2}" ;;
multi) exec "$here/multi.sh" ;;
table | suite | cases | variants) exec "$here/$1.sh" "${@:2}" ;;
*)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 64
    ;;
esac
