#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/run.sh - runs groups of tests and adds up what they say.
#
#     run.sh start                  forgets old results
#     run.sh group NAME ITEM...     runs the items (see tap.sh) under prove, or under a loop where there is no prove;
#                                   prints one line, and what failed
#     run.sh total [FOLDER...]    adds up (several results folders); says what was skipped for want of a tool; the last
#                                 line is `N passed, N failed`
#
# Environment: RESULTS, JOBS, V (not empty: prove's own lines), PROGRESS (not empty: what the items say meanwhile on
# their standard error; they get our standard output as number 9).
set -u
case $1 in
start)
    rm -rf "$RESULTS"
    mkdir -p "$RESULTS"
    ;;

group)
    group=$2
    shift 2
    [ $# -gt 0 ] || exit 0
    printf '%-34s' "$group"
    all=$RESULTS
    RESULTS=$all/$(echo "$group" | tr ' /:,' '____')
    export RESULTS
    begin=$(date +%s)
    [ -z "${V:-}${PROGRESS:-}" ] || echo
    if command -v prove >/dev/null; then
        quiet=-Q
        [ -z "${V:-}" ] || quiet=
        printf '%s\n' "$@" >"$RESULTS.items"
        prove $quiet -j "${JOBS:-1}" --exec 'sh tests/tools/tap.sh' - <"$RESULTS.items" 9>&1 >"$RESULTS.prove" 2>&1
        verdict=$?
        [ -z "$quiet" ] && cat "$RESULTS.prove"
    else
        verdict=0
        for item; do
            sh tests/tools/tap.sh "$item" | grep -q '^not ok' && verdict=1
        done 9>&1
    fi
    [ -z "${V:-}${PROGRESS:-}" ] || printf '%-34s' "$group"
    cat "$RESULTS"/*.count 2>/dev/null | awk -v n=$# -v verdict=$verdict -v s=$(($(date +%s) - begin)) '
        { p += $1; f += $2; k += $3; items++ }
        END {
            if (items != n || (verdict != 0 && f == 0)) f++
            printf "%-7s%6d passed", f ? "FAILED" : "ok", p
            if (f) printf ", %d failed", f
            if (k) printf ", %d skipped", k
            printf "  (%d s)\n", s
            printf "%d %d %d\n", p, f, k >"/dev/stderr"
        }' 2>"$RESULTS.sum"
    read -r p f k <"$RESULTS.sum"
    if [ "$f" -ne 0 ]; then
        for c in "$RESULTS"/*.count; do
            [ -f "$c" ] || continue
            read -r _ bad _ _ item <"$c"
            [ "$bad" -ne 0 ] || continue
            echo "---- $item"
            # The failed results with what follows them, and whatever is no TAP at all: sanitizers, compilers, asserts.
            awk '/^not ok/ { show = 1 } /^ok/ { show = 0 } show || !/^(ok|#|1\.\.)/' "${c%.count}.tap" |
                head -n "${SHOW:-40}"
            echo "     (all of it: ${c%.count}.tap)"
        done
    fi
    ;;

total)
    shift
    # What a missing tool cost, and the one command that brings it.
    for d in ${*:-"$RESULTS"}; do cat "$d"/*/*.tap; done 2>/dev/null | awk '
        /# SKIP/ {
            sub(/.*# SKIP */, "")
            if (!($0 in n)) order[++m] = $0
            n[$0]++
            if (match($0, /apt-get install [^)]*/)) {
                k = split(substr($0, RSTART + 16, RLENGTH - 16), w, " ")
                for (i = 1; i <= k; i++)
                    if (!(w[i] in want)) { want[w[i]] = 1; list = list " " w[i] }
            }
        }
        END {
            for (i = 1; i <= m; i++)
                printf "skipped %d: %s\n", n[order[i]], order[i]
            if (list != "")
                printf "To run those too: make deps   (or apt-get install%s)\n", list
        }'
    for d in ${*:-"$RESULTS"}; do cat "$d"/*.sum; done 2>/dev/null | awk '
        { p += $1; f += $2; k += $3 }
        END {
            if (p + f == 0) {
                print "nothing was tested, and that is no success"
                f = 1
            }
            printf "%d passed, %d failed", p, f
            if (k) printf ", %d skipped", k
            print ""
            exit f != 0
        }'
    ;;
*)
    echo "run.sh: start, group or total" >&2
    exit 2
    ;;
esac
