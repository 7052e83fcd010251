#!/bin/bash
# All points of the public page: for each precision and number of users llama-server and the ideal, tuned, and the engine through both bindings, in
# interleaved rounds; then the figures and the page. A point that $OUT has is not measured again, so that it goes on where it was stopped.
# $OUT gets the raw results (serve-PRECISION-USERS.json), and copies of the figures (gpu-serve-PRECISION.json) and the page (performance.html);
# they belong in benchmarks/figures and docs.
#
# usage: run.sh table [--precisions "q4_0 q8_0 f16 bf16"] [--users "1 8 32 64 128 256"] [--rounds N]     (the defaults; N: 2)
#     A point takes one to five minutes, all of them an evening. A model lies in $TOKAPU_GPU_WORK while it is measured: 5 to 16 GB.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$TOKAPU_GPU_WORK
precisions="q4_0 q8_0 f16 bf16"
users="1 8 32 64 128 256"
rounds=2
while [ $# -gt 0 ]; do
    case $1 in
    --precisions) precisions=$2 ;;
    --users) users=$2 ;;
    --rounds) rounds=$2 ;;
    *)
        sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 64
        ;;
    esac
    shift 2
done

[ -d "$work/pack" ] || "$root/benchmarks/gpu/run.sh" setup
for precision in $precisions; do
    model=$work/8b-$precision.gguf
    for count in $users; do
        result=$OUT/serve-$precision-$count.json
        [ ! -f "$result" ] || continue
        [ -f "$model" ] || python3 "$root/benchmarks/run.py" random-model "$model" --type "$precision"
        python3 "$root/benchmarks/run.py" serve --remote --model "$model" --points "$count" --rounds "$rounds" --tune \
            --systems llama-server,tokapu,tokapu-jni
        rm "$OUT/serve.html"
        mv "$OUT/serve.json" "$result"
    done
    rm -f "$model"
    python3 "$root/benchmarks/run.py" figures "gpu-serve-$precision" "$OUT/serve-$precision"-*.json
    cp "$root/benchmarks/figures/gpu-serve-$precision.json" "$root/docs/performance.html" "$OUT/"
done
