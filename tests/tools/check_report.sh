#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_report.sh FILE - a program with a fault that the sanitizer of this mode must report: it ends with a
# failure and says the text of its first line `/* expect: text */`. A gate nobody ever saw closed is no gate.
set -u
. tests/tools/params.sh
file=$1
stem=$(basename "$file" .c)
scratch "report-$stem-$(basename "$CC")"
expect=$(sed -n '1s|^/\* expect: \(.*\) \*/$|\1|p' "$file")
if [ -z "$expect" ]; then
    tap 1 "$file begins with /* expect: text */"
elif $CC -std=c11 $OPT $SAN $INC $WARN "$file" -o "$tmp/program" >"$tmp/log" 2>&1; then
    # A race shows in most runs, not in each: a few attempts.
    for attempt in 1 2 3 4 5; do
        timeout 60 "$tmp/program" >"$tmp/log" 2>&1
        rc=$?
        [ $rc -ne 0 ] && grep -qF -- "$expect" "$tmp/log" && break
    done
    [ $rc -ne 0 ] && grep -qF -- "$expect" "$tmp/log"
    tap $? "$stem is reported: $expect" "$tmp/log"
else
    tap 1 "$stem compiles" "$tmp/log"
fi
tap_done
