#!/bin/bash
# Everything of a release but the upload: all tests, the jars of every platform that is built here, put where Maven would deploy
# them (target/staging), and checks of what lies there. Ends with a table of the native jars.
#
# usage: release-check.sh [MAVEN-ARGUMENT ...]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
cross=linux-aarch64
staging=$root/target/staging
rm -rf "$staging"
mvn -B -Psbom -Dtokapu.cross=$cross -DaltDeploymentRepository="staging::file://$staging" "$@" deploy
scripts/test-emulated.sh --no-build

failed=0
manifest=$(mktemp)
trap 'rm -f "$manifest"' EXIT
printf '%-28s %8s %8s %8s\n' jar MiB glibc GLIBCXX
for jar in "$staging"/dev/tokapu/tokapu-native/*/tokapu-native-*-linux-*.jar; do
    unzip -p "$jar" META-INF/MANIFEST.MF | tr -d '\r' >"$manifest"
    platform-jars/native/require-complete.sh "$manifest" || failed=1
    needs() {
        sed -n "s/^Tokapu-Needs-$1: //p" "$manifest"
    }
    printf '%-28s %8s %8s %8s\n' "$(sed -n 's/^Tokapu-Platform: //p' "$manifest")" "$(($(stat -c %s "$jar") >> 20))" "$(needs Glibc)" "$(needs Glibcxx)"
    # Backends need no more than the jar of the CPU beside them.
    case $(sed -n 's/^Tokapu-Platform: //p' "$manifest") in
    *-*-*) ;;
    *) platform-jars/native/require-floor.sh "$manifest" || failed=1 ;;
    esac
done
# What must be in every jar.
for jar in "$staging"/dev/tokapu/*/*/*.jar; do
    [ -n "${jar%%*-sources.jar}" ] && [ -n "${jar%%*-javadoc.jar}" ] || continue
    inside=$(unzip -Z1 "$jar")
    for entry in META-INF/LICENSE META-INF/NOTICE 'META-INF/sbom/tokapu[a-z0-9_.-]*\.cdx\.json'; do
        echo "$inside" | grep -qx "$entry" || { echo "$jar has no $entry" >&2 && failed=1; }
    done
done
for platform in linux-x86_64 $cross; do
    ls "$staging"/dev/tokapu/tokapu-native/*/tokapu-native-*-$platform.jar >/dev/null || failed=1
done
exit "$failed"
