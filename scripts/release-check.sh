#!/bin/bash
# Everything of a release but the upload: all tests, the jars of every platform that is built here, put where Maven would deploy
# them (target/staging), and checks of what lies there. Ends with a table of the native jars and what the owner has still to fill in.
#
# usage: release-check.sh [MAVEN-ARGUMENT ...]
#     -Dtokapu.cross=PLATFORM,...    other platforms next to this machine's than linux-aarch64,windows-x86_64
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
cross=linux-aarch64,windows-x86_64
for argument; do
    case $argument in
    -Dtokapu.cross=*) cross=${argument#*=} ;;
    esac
done
staging=$root/target/staging
failed=0
# failure WORDS...
failure() {
    echo "release-check: $*" >&2
    failed=1
}
has() {
    case ,$cross, in
    *",$1,"*) ;;
    *) return 1 ;;
    esac
}

rm -rf "$staging"
# -Pgpu: the test runner for the platforms that Maven itself does not run on. No jar is installed, where other builds would find it.
mvn -B -Psbom,gpu -Dtokapu.cross="$cross" -Dmaven.install.skip=true -DaltDeploymentRepository="staging::file://$staging" "$@" deploy
for platform in $(echo "$cross" | tr , ' '); do
    cmake --build --preset "$platform" --target all oracle
done
! has linux-aarch64 || scripts/test-emulated.sh --no-build || failure "linux-aarch64 fails in QEMU"
! has windows-x86_64 || scripts/test-wine.sh --no-build || failure "windows-x86_64 fails in Wine"

manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT
printf '%-28s %8s %8s %8s\n' jar MiB glibc GLIBCXX
for jar in "$staging"/dev/tokapu/tokapu-native/*/tokapu-native-*-{linux,windows}-*.jar; do
    [ -f "$jar" ] || continue
    unzip -p "$jar" META-INF/MANIFEST.MF | tr -d '\r' >"$manifest"
    platform-jars/native/require-complete.sh "$manifest" || failure "$jar is not complete"
    needs() {
        sed -n "s/^Tokapu-Needs-$1: //p" "$manifest"
    }
    platform=$(sed -n 's/^Tokapu-Platform: //p' "$manifest")
    printf '%-28s %8s %8s %8s\n' "$platform" "$(($(stat -c %s "$jar") >> 20))" "$(needs Glibc)" "$(needs Glibcxx)"
    # Backends need no more than the jar of the CPU next to them.
    case $platform in
    *-*-*) ;;
    *) platform-jars/native/require-floor.sh "$manifest" || failure "$jar needs too much" ;;
    esac
done
for platform in linux-x86_64 $(echo "$cross" | tr , ' '); do
    ls "$staging"/dev/tokapu/tokapu-native/*/tokapu-native-*-"$platform".jar >/dev/null || failure "there is no jar of $platform"
done
# What must be in every jar; tokapu-native without a classifier holds licenses alone.
for jar in "$staging"/dev/tokapu/*/*/*.jar; do
    [ -n "${jar%%*-sources.jar}" ] && [ -n "${jar%%*-javadoc.jar}" ] || continue
    inside=$(unzip -Z1 "$jar")
    bill='META-INF/sbom/tokapu[a-z0-9_.-]*\.cdx\.json'
    [[ $jar =~ /tokapu-native-[^/]*-[a-z]+-[^/]*\.jar$ || $jar != */tokapu-native/* ]] || bill=
    for entry in META-INF/LICENSE META-INF/NOTICE $bill; do
        grep -qx "$entry" <<<"$inside" || failure "$jar has no $entry"
    done
done

scripts/require-owner.sh || echo "Until then a release can be checked, not published." >&2
exit "$failed"
