#!/bin/sh
# Prints the home of a JDK with the given feature version: find-jdk.sh 25
#
# Looks at JAVA_HOME_<version>*, then JAVA_HOME, then the javac on the PATH, then the usual places of Linux and macOS.
# A JDK is a folder with bin/javac whose release file says JAVA_VERSION="<version>...". Exit 1 and an install line when there is none.
# With TOKAPU_JDK_ROOT set, only the folders below it are looked at (used by the tests of this script).
set -u

version=${1:?usage: find-jdk.sh VERSION}

# Prints $1 and ends the script when $1 is a JDK of the wanted version.
try() {
    [ -n "$1" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    while IFS= read -r line; do
        case $line in
        "JAVA_VERSION=\"$version\"" | "JAVA_VERSION=\"$version."* | "JAVA_VERSION=\"$version-"* | "JAVA_VERSION=\"$version+"*)
            printf '%s\n' "$1"
            exit 0
            ;;
        esac
    done <"$1/release"
}

if [ -n "${TOKAPU_JDK_ROOT:-}" ]; then
    for home in "$TOKAPU_JDK_ROOT"/*; do
        try "$home"
    done
else
    # JAVA_HOME_25, JAVA_HOME_25_X64 and the like, as CI machines set them.
    for name in $(env | sed -n "s/^\(JAVA_HOME_${version}[A-Za-z0-9_]*\)=.*/\1/p"); do
        eval "try \"\${$name}\""
    done
    try "${JAVA_HOME:-}"
    javac=$(command -v javac 2>/dev/null) && javac=$(readlink -f "$javac" 2>/dev/null) && try "${javac%/bin/javac}"
    user=${HOME:-/nonexistent}
    for home in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/* \
        "$user"/.sdkman/candidates/java/* "$user"/.jdks/* "$user"/.local/share/mise/installs/java/* "$user"/.asdf/installs/java/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home "$user"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        try "$home"
    done
fi

cat >&2 <<MSG
No JDK $version found: looked at JAVA_HOME_$version*, JAVA_HOME, the PATH, /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks and the macOS folders.
Install one, or set JAVA_HOME_$version to its folder:
    Debian, Ubuntu:  sudo apt-get install -y openjdk-$version-jdk    (or temurin-$version-jdk from adoptium.net)
    Fedora:          sudo dnf install -y java-$version-openjdk-devel
    macOS:           brew install openjdk@$version
MSG
exit 1
