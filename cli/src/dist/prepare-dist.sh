#!/bin/sh
# Makes a folder with jars in lib/ and Java in runtime/ one that starts: launcher, options, class path, cache of classes.
# ./tokapu does it in cli/target/dist, bundle.sh in the bundle.
#
# usage: prepare-dist.sh FOLDER JDK [--without-cache|--windows]
#     --windows         for another system, whose Java is not here to record a cache
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dist=$1
jdk=$2
kind=${3:-}

# The caches below take no class as old as picocli's, and a start would take half as long again.
"$jdk/bin/java" "$here/ModernClasses.java" "$dist"/lib/picocli-*.jar || echo "  (starts will be slower)" >&2
cat >"$dist/java.args" <<ARGS
--enable-native-access=ALL-UNNAMED
-XX:+UseSerialGC
-XX:TieredStopAtLevel=1
-XX:-UsePerfData
-Xlog:disable
-Xlog:all=error:stderr
ARGS
if [ "$kind" = --windows ]; then
    # Lines end as cmd wants them. What the JVM itself says is UTF-8, as all else is.
    sed 's/$/\r/' "$here/launch.cmd" >"$dist/tokapu.cmd"
    printf '%s\n' -Dstdout.encoding=UTF-8 -Dstderr.encoding=UTF-8 -Djdk.console=java.base >>"$dist/java.args"
    exit 0
fi
cp "$here/launch.sh" "$dist/tokapu"
(cd "$dist/lib" && LC_ALL=C ls -- *.jar) >"$dist/class-path"
rm -f "$dist/tokapu.aot" "$dist/serve.aot"
[ "$kind" = --without-cache ] && exit 0
# From a few short answers, those of a server apart: its classes would cost other starts a tenth of their time. Without the caches
# everything works, later.
for cache in tokapu serve; do
    TOKAPU_TRAINING=$dist/$cache.aot "$dist/tokapu" "$cache" >"$dist/$cache-training.log" 2>&1 </dev/null || {
        rm -f "$dist/$cache.aot"
        echo "  The trial answer failed: $dist/$cache-training.log says why." >&2
    }
done
