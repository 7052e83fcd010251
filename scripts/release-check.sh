#!/bin/bash
# Everything of a release but the upload, in steps:
#     jars       all tests, and the jars of every platform that is built here, put where Maven would deploy them (target/staging)
#     wine       windows-x86_64 in Wine
#     emulated   linux-aarch64 in QEMU, which takes the longest
#     staging    checks of what lies in target/staging, with a table of the native jars, and what the owner has still to fill in
#
# usage: release-check.sh [--continue] [MAVEN-ARGUMENT ...]
#     --continue                     after a run that failed or was stopped: what has passed is not tested again. It fails when that
#                                    was another commit, or the same with other changes: a release is of one
#     -Dtokapu.cross=PLATFORM,...    other platforms next to this machine's than linux-aarch64,windows-x86_64
#     MAVEN-ARGUMENT                 in its short form, -o for --offline; none that leaves tests out or ignores their failures
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
continue=
[ "${1:-}" != --continue ] || { continue=yes && shift; }
cross=linux-aarch64,windows-x86_64
for argument; do
    case $argument in
    -Dtokapu.cross=*) cross=${argument#*=} ;;
    --* | -Dtest=* | -Dit.test=* | -DskipITs* | -Dmaven.test.* | -Dexec.skip*)
        echo "release-check: cannot be run with $argument" >&2
        sed -n '2,/^set/s/^# \{0,1\}//p' scripts/release-check.sh >&2
        exit 64
        ;;
    esac
done
# With a hash of what is not committed: else two states of a work tree had one name.
commit=$(git describe --always --abbrev=12 2>/dev/null || echo "no commit")
[ -z "$(git status --porcelain 2>/dev/null)" ] ||
    commit=$commit-dirty-$({ git diff HEAD && git ls-files -z --others --exclude-standard | xargs -0r sha256sum; } | sha256sum | cut -c1-12)
staging=$root/target/staging
# A file for each step that has passed, with its commit; those of Maven's modules are target/tested (pom.xml).
passed=$root/target/release-check
tested() {
    find . -name pom.xml ! -path '*/target/*' ! -path '*/node_modules/*' -printf '%h/target/tested\n'
}
[ -n "$continue" ] || tested | xargs rm -rf "$passed"
mkdir -p "$passed"
# The commit of each module and step that has passed, and how many there are of each.
commits() {
    { tested && find "$passed" -type f; } | while IFS= read -r file; do cat "$file" 2>/dev/null || echo "not tested"; done | sort | uniq -c
}
failed=0
# failure WORDS...
failure() {
    echo "release-check: $*" >&2
    failed=1
}
# step NAME PLATFORM SCRIPT: tests a platform of the cross builds in a way of its own.
step() {
    case ,$cross, in
    *",$2,"*) ;;
    *) return 0 ;;
    esac
    if [ -f "$passed/$1" ]; then
        echo "release-check: $1 has passed"
    elif cmake --build --preset "$2" --target all oracle && "$3" --no-build; then
        echo "$commit" >"$passed/$1"
    else
        failure "$2 fails: $3 --no-build"
    fi
}

others=$(commits | sed 's/^ *[0-9]* //' | grep -vxF -e "not tested" -e "$commit" || true)
[ -z "$others" ] || {
    failure "what has passed is of" $others"; this is $commit: begin anew, without --continue"
    exit 1
}
rm -rf "$staging"
# -Pgpu: the test runner for the platforms that Maven itself does not run on. No jar is installed, where other builds would find it.
mvn -B -Psbom,gpu --fail-at-end -Dtokapu.cross="$cross" -Dtokapu.commit="$commit" ${continue:+-Dtokapu.continue} -Dmaven.install.skip=true \
    -DaltDeploymentRepository="staging::file://$staging" "$@" deploy || {
    failure "Maven fails. When that is mended, or was the machine's fault, go on with --continue"
    exit 1
}
step wine windows-x86_64 scripts/test-wine.sh
step emulated linux-aarch64 scripts/test-emulated.sh

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
    [ -f "$jar" ] && [ -n "${jar%%*-sources.jar}" ] && [ -n "${jar%%*-javadoc.jar}" ] || continue
    inside=$(unzip -Z1 "$jar")
    bill='META-INF/sbom/tokapu[a-z0-9_.-]*\.cdx\.json'
    [[ $jar =~ /tokapu-native-[^/]*-[a-z]+-[^/]*\.jar$ || $jar != */tokapu-native/* ]] || bill=
    for entry in META-INF/LICENSE META-INF/NOTICE $bill; do
        grep -qx "$entry" <<<"$inside" || failure "$jar has no $entry"
    done
done

# Everything, and of one commit.
found=$(commits)
[[ $found =~ ^\ *[0-9]+\ "$commit"$ ]] || failure "all modules and platforms have to pass in one commit, $commit:"$'\n'"$found"

scripts/require-owner.sh || echo "Until then a release can be checked, not published." >&2
exit "$failed"
