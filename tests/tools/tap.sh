#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/tap.sh - runs one test and tells the truth about it in TAP: tap.sh ITEM
#
# ITEM is a program, or CHECK:ARGUMENT for tests/tools/check_CHECK.sh ARGUMENT. A program that crashes, hangs, prints no
# plan or fewer results than planned gets a failed result of its own, so that the number of failures is never zero then.
# Environment: RESULTS (a folder; NAME.tap and NAME.count are left there), LIMIT (seconds), RUN (an emulator), PROGRESS
# (not empty: what comes on the standard error is news for who waits, goes to number 9, and is no part of the test).
set -u
item=$1
case $item in
*:*) cmd="sh tests/tools/check_${item%%:*}.sh ${item#*:}" ;;
*)   cmd=$item
     head -c 2 "$item" 2>/dev/null | grep -q '#!' || cmd="${RUN:-} $item" ;;
esac
name=$(echo "$item" | sed 's|^build/||; s|[/: ]|_|g')
raw=$RESULTS/$name.tap
mkdir -p "$RESULTS"
begin=$(date +%s)
limit=${LIMIT:-120}
err=1
if [ -n "${PROGRESS:-}" ]; then
    err=9
    case $item in */explore/*) cmd="$cmd --progress" ;; esac
fi
if command -v timeout >/dev/null; then
    # timeout makes a process group of its own; what a test leaves running in it (a child that hangs) is ended with it.
    timeout -k 5 "$limit" $cmd >"$raw" 2>&$err </dev/null 3>&- 4>&- 5>&- 9>&- &
    group=$!
    wait $group 2>/dev/null
    rc=$?
    kill -9 -$group 2>/dev/null && echo "# $item left a process behind" >>"$raw"
else
    $cmd >"$raw" 2>&$err </dev/null 9>&-
    rc=$?
fi
seconds=$(($(date +%s) - begin))
awk -v rc=$rc -v limit="$limit" -v item="$item" -v seconds="$seconds" -v counts="$RESULTS/$name.count" '
    function fail(why) { failed++; run++; print "not ok " run " - " item ": " why }
    /^1\.\.[0-9]+/ {
        planned = substr($1, 4) + 0
        plans++
        if (planned == 0)
            whole = $0
        next
    }
    /^(not )?ok( |$)/ {
        run++
        if (/^ok.*# *[Ss][Kk][Ii][Pp]/) skipped++
        else if (/^not/) failed++
        else passed++
    }
    { print }
    END {
        if (plans == 1 && planned == 0 && run == 0 && rc == 0) {
            skipped = 1
            print whole
        } else {
            if (rc == 124 || rc == 137)  fail("still running after " limit " s, or killed")
            else if (rc > 128)           fail("died of signal " rc - 128)
            else if (rc != 0 && !failed) fail("ended with status " rc " and no failed test")
            else if (plans == 0)         fail("printed no plan")
            else if (plans > 1)          fail("printed more than one plan")
            else if (planned != run)     fail("planned " planned " tests, ran " run)
            print "1.." run + 0
        }
        printf "%d %d %d %d %s\n", passed, failed, skipped, seconds, item >counts
    }' "$raw" >"$raw.tmp"
mv "$raw.tmp" "$raw"
cat "$raw"
