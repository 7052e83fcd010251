#!/usr/bin/env bash
# Which tests failed in the last build, and with what: modules build side by side, so their messages are far from the end of the log.
set -euo pipefail
cd "$(dirname "$0")/.."
find . -path '*/target/*-reports/*' -name '*.txt' -exec grep -lE '<<< (FAILURE|ERROR)!$' {} + | sort | while read -r report; do
    echo "== ${report#./}"
    grep -E -A 12 '<<< (FAILURE|ERROR)!$' "$report" | cut -c 1-400
done
