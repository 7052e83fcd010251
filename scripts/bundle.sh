#!/bin/sh
# Writes Tokapu as one folder that needs neither Java nor network: target/bundle/tokapu, and the same as an archive
# target/tokapu-<version>-<platform>.tar.xz. docs/bundle.md says what is in it.
#
# usage: bundle.sh [--without-model] [--no-archive] [--no-build] [--output FOLDER] [--modules MODULE,...]
#                  [--platform windows-x86_64 [--java FOLDER]]
#     --without-model   no default model: a fifth of the size; commands then want --model PATH
#     --no-archive      the folder alone
#     --no-build        from what Maven has built already
#     --output FOLDER   the folder's parent instead of target/bundle; no archive
#     --modules M,...   Java modules beside those that Tokapu needs, for a program of your own
#     --platform P      windows-x86_64: a .zip with tokapu.cmd, which takes the Java of the machine
#     --java FOLDER     a Java for that platform, to be in the bundle
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
platform=linux-x86_64
# jdeps: java.logging by JLine, jdk.unsupported (Unsafe) by JavaCPP, java.naming by Vert.x for names in
# certificates, jdk.httpserver by `mcp --http`. What JLine has for Swing and JMX is not used.
modules=java.base,java.logging,java.naming,java.net.http,jdk.httpserver,jdk.jfr,jdk.unsupported
model=yes
archive=yes
build=yes
output=$root/target/bundle
java=

while [ $# -gt 0 ]; do
    case $1 in
    --without-model) model=no ;;
    --no-archive) archive=no ;;
    --no-build) build=no ;;
    --output)
        output=$2
        archive=no
        shift
        ;;
    --modules)
        modules=$modules,$2
        shift
        ;;
    --platform)
        platform=$2
        shift
        ;;
    --java)
        java=$2
        shift
        ;;
    *)
        sed -n '/^# usage/,/^set/s/^# \{0,1\}//p' "$0" >&2
        exit 64
        ;;
    esac
    shift
done
windows=no
cross=
case $platform in
linux-x86_64) [ -z "$java" ] || { echo "The Java of $platform is made by jlink: leave out --java" >&2; exit 64; } ;;
windows-*)
    windows=yes
    cross=-Dtokapu.cross=$platform
    ;;
*)
    echo "There is no bundle for $platform: --platform is linux-x86_64 or windows-x86_64" >&2
    exit 64
    ;;
esac

jdk=$("$root/config/find-jdk.sh" 25)
[ "$build" = no ] || mvn -f "$root/pom.xml" -B -q -DskipTests -Dmaven.test.skip=true $cross -pl cli -am package
set -- "$root"/cli/target/tokapu-cli-*.jar
[ -f "$1" ] || { echo "Nothing is built: leave out --no-build" >&2; exit 66; }
[ $# = 1 ] || { echo "There are jars of more than one build: $*. Run 'mvn clean' first" >&2; exit 66; }
version=$(sed -n 's,^    <version>\(.*\)</version>.*,\1,p' "$root/pom.xml" | head -n 1)

bundle=$output/tokapu
rm -rf "$bundle"
mkdir -p "$bundle/lib" "$bundle/native" "$bundle/licenses"

# --- jars, without those of the native libraries; unpacked libraries start at once and also from a read-only place
for jar in "$root"/cli/target/dist/lib/*.jar "$1"; do
    case ${jar##*/} in
    tokapu-native-*) ;;
    tokapu-model-*) [ "$model" = no ] || cp "$jar" "$bundle/lib/" ;;
    *) cp "$jar" "$bundle/lib/" ;;
    esac
done

# --- native libraries: of the platform's own jar and of every further backend that is built
found=no
for jar in "$root"/platform-jars/*/target/tokapu-native-*-"$platform"*.jar; do
    [ -f "$jar" ] || continue
    found=yes
    python3 - "$jar" "$bundle/native" <<'PY'
import pathlib, sys, zipfile
target = pathlib.Path(sys.argv[2])
with zipfile.ZipFile(sys.argv[1]) as jar:
    if b"Tokapu-Missing-Libraries" in jar.read("META-INF/MANIFEST.MF"):
        sys.exit("./tokapu built the native libraries for this machine alone: leave out --no-build, or run mvn package first")
    for name in jar.namelist():
        file = target / name.rsplit("/", 1)[-1]
        if name.startswith("META-INF/native/") and (".so" in file.name or file.suffix in (".dll", ".exe")):
            data = jar.read(name)
            if file.exists() and file.read_bytes() != data:
                sys.exit(f"{file.name} differs between the native jars of this build: build all of them again")
            file.write_bytes(data)
            file.chmod(0o755)
PY
done
[ "$found" = yes ] || { echo "No native jar of $platform in platform-jars/*/target: build first" >&2; exit 66; }

if [ "$windows" = yes ]; then
    [ -z "$java" ] || cp -R "$java" "$bundle/runtime"
else
    # --- the C++ library, for machines that have none
    mkdir "$bundle/native/gcc"
    for library in libstdc++.so.6 libgcc_s.so.1; do
        cp -L "$("${CXX:-c++}" -print-file-name=$library)" "$bundle/native/gcc/"
    done
    # --- Java. Stored without compression: that starts faster, and the archive compresses all of it at once and better.
    "$jdk/bin/jlink" -J-XX:TieredStopAtLevel=1 --add-modules "$modules" --strip-debug --no-header-files --no-man-pages --compress=zip-0 --output "$bundle/runtime"
fi

# --- licenses; Java's own lie in runtime/legal
cp "$root/LICENSE" "$root/NOTICE" "$bundle/"
cp "$root/cli/src/dist/bundle-licenses.txt" "$bundle/licenses/jars.txt"
python3 - "$bundle" <<'PY'
import pathlib, sys, zipfile
bundle = pathlib.Path(sys.argv[1])
for path in sorted((bundle / "lib").glob("*.jar")):
    with zipfile.ZipFile(path) as jar:
        for name in jar.namelist():
            last = name.rsplit("/", 1)[-1].upper()
            if not path.name.startswith("tokapu") and last.split(".")[0] in ("LICENSE", "NOTICE"):
                (bundle / "licenses" / f"{path.stem}-{last}").write_bytes(jar.read(name))
PY
for notice in /usr/share/doc/libstdc++6/copyright /usr/share/licenses/libstdc++/COPYING.RUNTIME; do
    [ ! -f "$notice" ] || cp -L "$notice" "$bundle/licenses/libstdc++"
done
runtime=/usr/share/doc/mingw-w64-x86-64-dev/copyright
[ "$windows" = no ] || [ ! -f "$runtime" ] || cp -L "$runtime" "$bundle/licenses/mingw-w64"

# --- the start; without a model there is no trial answer to learn from
readme=$root/cli/src/dist/bundle-readme.txt
if [ "$windows" = yes ]; then
    "$root/cli/src/dist/prepare-dist.sh" "$bundle" "$jdk" --windows
    readme=$root/cli/src/dist/bundle-readme-windows.txt
elif [ "$model" = yes ]; then
    "$root/cli/src/dist/prepare-dist.sh" "$bundle" "$jdk"
    rm -f "$bundle"/*-training.log
else
    "$root/cli/src/dist/prepare-dist.sh" "$bundle" "$jdk" --without-cache
fi
sed -e "s/@VERSION@/$version/" -e "s/@PLATFORM@/$platform/" "$readme" >"$bundle/README.txt"
echo "$bundle: $(du -sm "$bundle" | cut -f1) MiB"

[ "$archive" = yes ] || exit 0
name=tokapu-$version-$platform
[ "$model" = yes ] || name=$name-without-model
if [ "$windows" = yes ]; then
    python3 - "$bundle" "$root/target/$name.zip" <<'PY'
import pathlib, sys, zipfile
bundle = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as archive:
    for file in sorted(path for path in bundle.rglob("*") if path.is_file()):
        entry = zipfile.ZipInfo(file.relative_to(bundle.parent).as_posix())  # of one fixed time
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, file.read_bytes())
PY
    echo "$root/target/$name.zip: $(du -sm "$root/target/$name.zip" | cut -f1) MiB"
    exit 0
fi
tar -C "$output" --sort=name --owner=0 --group=0 --numeric-owner -c tokapu | xz -T0 >"$root/target/$name.tar.xz"
echo "$root/target/$name.tar.xz: $(du -sm "$root/target/$name.tar.xz" | cut -f1) MiB"
