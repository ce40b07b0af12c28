#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_doc.sh FILE.md - every ```c block is a whole program that compiles and returns 0. A block that only
# repeats text of a header is fenced ```c fragment.
set -u
. tests/tools/params.sh
file=$1
scratch "doc-$(echo "$file" | tr '/.' '__')"
awk -v dir="$tmp" '
    /^```c[ \t]*$/ {
        on = 1
        out = sprintf("%s/%02d.c", dir, ++n)
        printf "#line %d \"%s\"\n", NR + 1, FILENAME >out
        next
    }
    /^```/         { if (on) close(out); on = 0; next }
    on             { print >out }' "$file"
for block in "$tmp"/*.c; do
    [ -f "$block" ] || continue
    line=$(sed -n '1s/#line \([0-9]*\).*/\1/p' "$block")
    lacks=$(lacking_in "$block")
    if [ -n "$lacks" ]; then
        tap_skip "$file:$line" "no $lacks here"
        continue
    fi
    if $CC -std=c11 -Wall -Wextra -Werror -O1 -g -Iinclude -pthread "$block" -o "$tmp/program" >"$tmp/log" 2>&1; then
        timeout 60 "$tmp/program" >"$tmp/log" 2>&1
        tap $? "$file:$line runs" "$tmp/log"
    else
        tap 1 "$file:$line compiles" "$tmp/log"
    fi
done
tap_done "$file has no C program"
