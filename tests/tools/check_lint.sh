#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_lint.sh FOLDER - lint.sh as TAP: one result for each header and one for all other files.
set -u
. tests/tools/params.sh
scratch lint
sh tests/tools/lint.sh "$1" >"$tmp/all"
status=$?
[ $status -lt 2 ] && [ $status = "$([ -s "$tmp/all" ]; echo $((1 - $?)))" ]
tap $? "lint ran to its end and its status is its verdict" "$tmp/all"
for h in "$1"/include/loft/*/*.h; do
    h=${h#"$1"/}
    grep "^$h:" "$tmp/all" >"$tmp/one"
    [ ! -s "$tmp/one" ]
    tap $? "lint: $h" "$tmp/one"
done
grep -v '^include/loft/[a-z]*/[a-z0-9_]*\.h:' "$tmp/all" >"$tmp/one"
[ ! -s "$tmp/one" ]
tap $? 'lint: everything else' "$tmp/one"
tap_done
