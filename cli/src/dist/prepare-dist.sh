#!/bin/sh
# Makes a folder with jars in lib/ and Java in runtime/ one that starts: launcher, options, class path, cache of classes.
# ./tokapu does it in cli/target/dist, bundle.sh in the bundle.
#
# usage: prepare-dist.sh FOLDER JDK [--without-cache]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dist=$1
jdk=$2

cp "$here/launch.sh" "$dist/tokapu"
cp "$here/launch.cmd" "$dist/tokapu.cmd"
# The caches below take no class as old as picocli's, and a start would take half as long again.
"$jdk/bin/java" "$here/ModernClasses.java" "$dist"/lib/picocli-*.jar || echo "  (starts will be slower)" >&2
(cd "$dist/lib" && LC_ALL=C ls -- *.jar) >"$dist/class-path"
cat >"$dist/java.args" <<ARGS
--enable-native-access=ALL-UNNAMED
-XX:+UseSerialGC
-XX:TieredStopAtLevel=1
-XX:-UsePerfData
-Xlog:disable
-Xlog:all=error:stderr
ARGS

rm -f "$dist/tokapu.aot" "$dist/serve.aot"
[ "${3:-}" = --without-cache ] && exit 0
# From a few short answers, those of a server apart: its classes would cost other starts a tenth of their time. Without the caches
# everything works, later.
for cache in tokapu serve; do
    TOKAPU_TRAINING=$dist/$cache.aot "$dist/tokapu" "$cache" >"$dist/$cache-training.log" 2>&1 </dev/null || {
        rm -f "$dist/$cache.aot"
        echo "  The trial answer failed: $dist/$cache-training.log says why." >&2
    }
done
