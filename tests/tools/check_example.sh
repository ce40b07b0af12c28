#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_example.sh HEADER - the manual's EXAMPLE compiles as it stands, as C and as C++, and returns 0.
set -u
. tests/tools/params.sh
header=$1
name=${header#include/loft/}
scratch "example-$(echo "$name" | tr '/.' '__')"
example "$header" >"$tmp/example.c"
if [ ! -s "$tmp/example.c" ]; then
    tap_done "$name has no example"
    exit 0
fi
lacks=$(lacking_in "$tmp/example.c")
if [ -n "$lacks" ]; then
    tap_skip "$name: the example" "no $lacks here"
    tap_done
    exit 0
fi
run()   # run COMPILER LANG STD
{
    if [ -z "$1" ]; then
        tap_skip "$name: the example as $3" "no C++ compiler (apt-get install g++)"
        return
    fi
    if "$1" -x "$2" "-std=$3" $WARN -O1 -g -Iinclude -pthread "$tmp/example.c" -o "$tmp/example" >"$tmp/log" 2>&1; then
        timeout 30 "$tmp/example" >"$tmp/log" 2>&1
        tap $? "$name: the example runs as $3" "$tmp/log"
    else
        tap 1 "$name: the example compiles as $3" "$tmp/log"
    fi
}
run "$CC" c c11
run "$CXX" c++ c++17
tap_done
