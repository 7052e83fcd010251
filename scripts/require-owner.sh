#!/bin/sh
# Fails while the poms have placeholders that only the owner of the project can fill in: Maven Central refuses poms without them.
#
# usage: require-owner.sh [POM]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
pom=${1:-$root/pom.xml}
# place ELEMENT: the text of the first one in the pom's own head
place() {
    sed -n '/<dependencyManagement>/q; s,^ *<'"$1"'>\(.*\)</'"$1"'>.*,\1,p' "$pom" | head -n 1
}
missing=
scm=$(sed -n '/<scm>/,/<\/scm>/p' "$pom")
[ "$(place url)" != https://tokapu.dev ] || missing="$missing <url>"
for element in url connection developerConnection; do
    value=$(echo "$scm" | sed -n "s,^ *<$element>\(.*\)</$element>.*,\1,p")
    case $value in
    '' | https://tokapu.dev) missing="$missing <scm><$element>" ;;
    esac
done
[ -n "$missing" ] || exit 0
cat >&2 <<MSG
OWNER: $pom has placeholders or lacks$missing.
The address of the project and of its repository are the owner's to fill in, before anything is published.
MSG
exit 1
