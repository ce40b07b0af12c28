#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_explore.sh PROGRAM=K [--progress] - random searches of the K-th client of a program of the explorer,
# beyond what the client itself asks for: half of the time each thread is as likely to move as the next, half of it goes
# by priorities (PCT). What is found is a failure; that nothing was found is none.
#
# SEED   of both searches
# SHARE  milliseconds for both
set -u
. tests/tools/params.sh
program=${1%=*}
client=$("$program" --list | sed -n "${1##*=}p")
scratch "explore-$(echo "$1" | tr '/.=' '___')"
time=$(printf '%d.%03d' $((SHARE / 2000)) $((SHARE / 2 % 1000)))
for search in random pct; do
    "$program" --client "$client" --search $search --seed "$SEED" --time "$time" ${2:+"$2"} >"$tmp/log"
    status=$?
    said=$(sed -n 's/^\(not \)*ok [0-9]* - //p' "$tmp/log")
    tap $status "${said:-$client says nothing} ($search, seed $SEED)" "$tmp/log"
done
tap_done
