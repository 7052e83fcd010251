#!/bin/bash
# Several GPUs: greedy text of the default model by layer split, tensor split and shares, beside llama-completion with the same split, and
# tokens/s of the large model beside llama-bench. $OUT/multi.txt has the table.
#
# usage: run.sh multi
set -u
work=$TOKAPU_GPU_WORK
prompt="The history of the railway begins with"
export PATH=$work/tools:$PATH

tokapu() {
    local command=$1
    shift
    "$work/pack/tokapu/runtime/bin/java" --enable-native-access=ALL-UNNAMED -Dtokapu.binding="$binding" \
        -Dtokapu.native.dir="$work/native" -cp "$work/pack/tokapu/lib/*" dev.tokapu.cli.Main "$command" "$@" 2>>"$OUT/multi.log"
}

same() {
    local name=$1
    shift
    local wanted
    wanted=$(llama-completion -m "$work/default.gguf" -p "$prompt" -n 64 --temp 0 -no-cnv --no-display-prompt "$@" 2>>"$OUT/multi.log")
    for binding in ffm jni; do
        # The same options are called the same in both programs but for the names that differ.
        local got
        got=$(tokapu run --quiet --greedy --max-tokens 64 --model "$work/default.gguf" $(tokapu_options "$@") "$prompt")
        if [ -n "$got" ] && [ "$(echo "$got" | tr -d '[:space:]')" = "$(echo "$wanted" | tr -d '[:space:]')" ]; then
            echo "text $name $binding: equal (${#got} characters)"
        else
            echo "text $name $binding: DIFFERENT"
            printf '  wanted %s\n  got    %s\n' "${wanted:0:200}" "${got:0:200}"
        fi
    done
}

tokapu_options() {
    echo "$@" | sed 's/-sm /--split-mode /; s/-ts /--tensor-split /; s/-dev /--device /'
}

{
    nvidia-smi --query-gpu=index,name,driver_version --format=csv,noheader
    same layer -sm layer
    same shares -sm layer -ts 3,1
    same tensor -sm tensor
    same second -sm none -dev CUDA1
    for mode in layer tensor; do
        llama-bench -m "$work/8b.gguf" -sm $mode -p 512 -n 128 -r 3 -t 8 2>>"$OUT/multi.log" | grep -E "pp512|tg128" | sed "s/^/llama-bench $mode /"
        for binding in ffm jni; do
            echo "tokapu bench $mode $binding"
            tokapu bench --model "$work/8b.gguf" --split-mode $mode --threads 8
        done
    done
} 2>&1 | tee "$OUT/multi.txt"
