#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_header.sh HEADER - the header alone, in strict ISO C and C++, without _GNU_SOURCE; included twice:
# a guarded one does nothing the second time, a template gives a second instance; no macro of a template outlives it.
# One that says that this target lacks what it needs says so in exactly one error.
set -u
. tests/tools/params.sh
header=$1
name=${header#include/}
scratch "header-$(echo "$name" | tr '/.' '__')"

instance()
{
    params "$header" "$1"
    echo "#include <$name>"
}
{ instance one_queue; instance other_queue; echo 'int main(void) { return 0; }'; } >"$tmp/twice.c"
{ instance one_queue; echo 'int main(void) { return 0; }'; } >"$tmp/once.c"
lacks=$(lacking "$header")

for s in ${STDS:-c11 c2x c++11 c++20}; do
    case $s in c++*) compiler=$CXX x=c++ cw= ;; *) compiler=$CC x=c cw=$CWARN ;; esac
    if [ -z "$compiler" ]; then
        tap_skip "$name alone and twice, $s" "no C++ compiler (apt-get install g++)"
        continue
    fi
    known=$(std "$compiler" $s)
    if [ -z "$known" ]; then
        tap_skip "$name alone and twice, $s" "$compiler does not know $s"
        continue
    fi
    if [ -n "$lacks" ]; then
        $compiler "-std=$known" -x $x -pedantic-errors $WARN $cw -Iinclude -S -o /dev/null "$tmp/once.c" 2>"$tmp/log"
        [ $? -ne 0 ] && [ "$(grep -c 'error:' "$tmp/log")" -eq 1 ]
        tap $? "$name says in one line that this target has no $lacks, $s" "$tmp/log"
        continue
    fi
    $compiler "-std=$known" -x $x -pedantic-errors $WARN $cw -Iinclude -O1 -S -o /dev/null "$tmp/twice.c" 2>"$tmp/log"
    tap $? "$name alone and twice, $s" "$tmp/log"
done

if is_template "$header" && [ -z "$lacks" ]; then
    family=$(echo "$name" | sed 's|^loft/\([a-z]*\)/.*|\1|' | tr a-z A-Z)
    $CC -std=c11 -Iinclude -dM -E "$tmp/twice.c" >"$tmp/macros" 2>"$tmp/log"
    status=$?
    # Gone must be what the template itself defines or asks for; a guard (_H) stays, and so does what guarded headers
    # below it define.
    sed -n "s/^#define \(LOFT_${family}_[A-Za-z0-9_]*\).*/\1/p" "$tmp/macros" | grep -v '_H$' | sort -u >"$tmp/left"
    sed -n 's/^#  *define/#define/; s/^#define \(LOFT_[A-Z0-9_]*\).*/\1/p; s/.*defined(\(LOFT_[A-Z0-9_]*\)).*/\1/p' \
        "$header" | sort -u | comm -12 - "$tmp/left" >>"$tmp/log"
    [ $status = 0 ] && [ ! -s "$tmp/log" ]
    tap $? "$name leaves none of its LOFT_${family}_ macros behind" "$tmp/log"
fi
tap_done
