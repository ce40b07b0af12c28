#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/preflight.sh - can this machine compile a C program with threads? If not, one line says what is missing.
set -u
: "${CC:=gcc}"
dir=build/check/preflight.$$
mkdir -p "$dir"
trap 'rm -rf "$dir"' EXIT
cat >"$dir/a.c" <<'END'
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
static void *body(void *p) { return p; }
int main(void)
{
    pthread_t t;
    atomic_int one;
    atomic_init(&one, 1);
    return pthread_create(&t, 0, body, 0) != 0 || pthread_join(t, 0) != 0 || atomic_load(&one) != 1;
}
END
if ! command -v "${CC%% *}" >/dev/null; then
    echo "loft: no C compiler called '$CC': apt-get install gcc libc6-dev   (or: make deps)"
elif $CC -std=c11 -D_GNU_SOURCE -pthread "$dir/a.c" -o "$dir/a" >"$dir/log" 2>&1; then
    exit 0
elif grep -qE '(stdio|pthread|limits|features)\.h.*(No such file|not found)|crt1\.o' "$dir/log"; then
    echo "loft: $CC is here, but the C library's headers are not: apt-get install libc6-dev   (or: make deps)"
elif grep -q 'stdatomic' "$dir/log"; then
    echo "loft: $CC has no <stdatomic.h>; Loft needs gcc 7 or clang 6, or newer: apt-get install gcc   (or: make deps)"
else
    echo "loft: $CC cannot compile a C11 program with threads: $(grep -m1 -E 'error|cannot' "$dir/log")"
fi
exit 1
