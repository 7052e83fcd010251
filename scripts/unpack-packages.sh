#!/bin/sh
# Downloads packages of Debian and unpacks them into a folder: nothing is installed, no root. apt-get has lists of its own, so that they may
# be of another release or architecture than this system. Needs apt-get and dpkg-deb.
#
# usage: scripts/unpack-packages.sh FOLDER OPTIONS PACKAGE...
#     OPTIONS: further ones of apt-get, in one argument
set -eu
mkdir -p "$1"
folder=$(cd "$1" && pwd)
options=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/state/lists/partial" "$work/archives/partial"
: >"$work/state/status"
cd "$work"
apt="apt-get -qq -o Dir::State=$work/state -o Dir::State::status=$work/state/status -o Dir::Cache=$work -o APT::Sandbox::User= $options"
$apt update
$apt download "$@"
for package in *.deb; do
    dpkg-deb -x "$package" "$folder"
done
