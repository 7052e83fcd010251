# What the scripts share that run tests of the pack; they source it. Sets work, java and jars.
work=$TOKAPU_GPU_WORK
java=$work/pack/tokapu/runtime
# The tests have a log provider of their own.
jars=$(find "$work/pack/tokapu/lib" "$work/pack/test/lib" -name '*.jar' ! -name 'slf4j-simple-*' | LC_ALL=C sort | paste -s -d:)

# Hides the GPUs; sets native to the libraries without theirs.
cpu_alone() {
    export CUDA_VISIBLE_DEVICES=
    native=$work/native-cpu
    rm -rf "$native"
    mkdir "$native"
    find "$work/native" -name '*.so*' ! -name 'libggml-cuda*' -exec ln {} "$native/" \;
}

# Copies what the tests look up in the source tree $1.
source_tree() {
    mkdir -p "$work/root/native/target/oracle"
    cp -R "$1/native/include" "$work/root/native/"
    cp "$work/tools/tokapu-oracle" "$work/root/native/target/oracle/"
    echo "$work/tools" >"$work/root/native/target/server.path"
}
