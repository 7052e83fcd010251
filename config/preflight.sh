#!/bin/sh
# Checks everything that a build of Tokapu needs before it starts. Names all that is missing, then the one line that installs it.
#
# usage: preflight.sh          exit 0 and no output when all is there; exit 1 and the list on stderr otherwise
set -u
here=$(cd "$(dirname "$0")" && pwd)

missing=
apt=
dnf=
brew=
# need WHAT APT-PACKAGES DNF-PACKAGES BREW-PACKAGES: notes one missing thing.
need() {
    missing="$missing
    - $1"
    apt="$apt $2"
    dnf="$dnf $3"
    brew="$brew $4"
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# at_least WANTED FOUND: compares two versions of the form major.minor.
at_least() {
    [ "${2%%.*}" -gt "${1%%.*}" ] && return 0
    minor=${2#*.}
    [ "${2%%.*}" -eq "${1%%.*}" ] && [ "${minor%%[!0-9]*}" -ge "${1#*.}" ]
}

# The apt package of a JDK: Debian's own where the lists have it, else Adoptium's.
jdk_for_apt() {
    if have apt-cache && [ -n "$(apt-cache --quiet=2 policy "openjdk-$1-jdk" 2>/dev/null | grep 'Candidate: [0-9]')" ]; then
        echo "openjdk-$1-jdk"
    else
        echo "temurin-$1-jdk"
    fi
}

case "$(uname -s)-$(uname -m)" in
Linux-x86_64) ;;
*)
    echo "Tokapu builds on Linux x86-64 only so far; this is $(uname -s) $(uname -m)." >&2
    exit 1
    ;;
esac

"$here/find-jdk.sh" 25 >/dev/null 2>&1 ||
    need "JDK 25 (compiles everything; set JAVA_HOME_25 if it lies in an unusual place)" "$(jdk_for_apt 25)" java-25-openjdk-devel openjdk@25
"$here/find-jdk.sh" 17 >/dev/null 2>&1 ||
    need "JDK 17 (the tests run on it too; set JAVA_HOME_17 if it lies in an unusual place)" "$(jdk_for_apt 17)" java-17-openjdk-devel openjdk@17
have mvn || need "Maven 3.8 or later (mvn)" maven maven maven

if ! have cmake; then
    need "CMake 3.25 or later (cmake)" cmake cmake cmake
else
    version=$(cmake --version | sed -n 's/^cmake version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p')
    at_least 3.25 "${version:-0.0}" || need "CMake 3.25 or later (this is $version)" cmake cmake cmake
fi
have ninja || need "Ninja (ninja)" ninja-build ninja-build ninja

compiler=${CXX:-c++}
if ! have "$compiler"; then
    need "a C++17 compiler ($compiler)" g++ gcc-c++ gcc
elif ! echo '#include <filesystem>
#include <optional>
int main() { std::optional<int> o; return o ? 1 : 0; }' | "$compiler" -std=c++17 -x c++ -fsyntax-only - >/dev/null 2>&1; then
    need "a C++ compiler that knows C++17 ($compiler does not)" g++ gcc-c++ gcc
fi

have git || need "Git (git)" git git git
if ! have npm || ! have node; then
    need "Node 18 or later with npm (npm): for the page of the server, and one of the sources of the pinned llama.cpp" "nodejs npm" nodejs-npm node
else
    version=$(node --version | sed 's/^v//')
    at_least 18.0 "${version:-0.0}" || need "Node 18 or later (this is $version)" "nodejs npm" nodejs-npm node
fi
if ! have python3; then
    need "Python 3 with pip (python3)" "python3 python3-pip" python3-pip python
elif ! python3 -m pip --version >/dev/null 2>&1; then
    need "pip for Python 3 (python3 -m pip)" python3-pip python3-pip python
fi

[ -z "$missing" ] && exit 0

{
    echo "Tokapu cannot be built yet. Missing:$missing"
    echo "Install with:"
    if have apt-get; then
        echo "    sudo apt-get update && sudo apt-get install -y$apt"
        case $apt in *temurin*) echo "    (temurin packages need Adoptium's package source first: https://adoptium.net/installation/linux)" ;; esac
    elif have dnf; then
        echo "    sudo dnf install -y$dnf"
    elif have brew; then
        echo "    brew install$brew"
    else
        echo "    your package manager; on Debian:$apt"
    fi
} >&2
exit 1
