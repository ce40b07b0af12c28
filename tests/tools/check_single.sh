#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_single.sh HEADER - the one-file form works with nothing else of Loft in reach: two instances compile
# in C and C++, the manual's example runs, and the module's own test passes on it.
set -u
. tests/tools/params.sh
header=$1
name=${header#include/loft/}
stem=${name%.h}
scratch "single-$(echo "$stem" | tr / _)"
lacks=$(lacking "$header")
if [ -n "$lacks" ]; then
    tap_skip "$stem in one file" "no $lacks here"
    tap_done
    exit 0
fi
mkdir -p "$tmp/include/loft/$(dirname "$name")"
sh tests/tools/single.sh "$header" >"$tmp/include/loft/$name" 2>"$tmp/log"
tap $? "$stem in one file" "$tmp/log"
for i in one_queue other_queue; do
    # Another scheme or helper the parameters name would come from its own header; its one-file form is beside.
    params "$header" $i >"$tmp/params"
    for need in $(sed -n 's/^#include <\(loft\/.*\)>/\1/p' "$tmp/params"); do
        mkdir -p "$tmp/include/$(dirname "$need")"
        sh tests/tools/single.sh "include/$need" >"$tmp/include/$need"
    done
    cat "$tmp/params"
    echo "#include <loft/$name>"
done >"$tmp/twice.c"
echo 'int main(void) { return 0; }' >>"$tmp/twice.c"
try()   # try WHAT COMMAND...
{
    what=$1
    shift
    "$@" >"$tmp/log" 2>&1
    tap $? "$stem in one file: $what" "$tmp/log"
}
try 'two instances in C' $CC -std=c11 $WARN $CWARN -I"$tmp/include" -pthread -S -o /dev/null "$tmp/twice.c"
if [ -n "$CXX" ]; then
    try 'two instances in C++' $CXX -std=c++11 -x c++ $WARN -I"$tmp/include" -pthread -S -o /dev/null "$tmp/twice.c"
fi
example "$header" >"$tmp/example.c"
if [ -s "$tmp/example.c" ]; then
    # What else of Loft the example includes comes from the tree; guards keep it from meeting its copy.
    try 'the example compiles' $CC -std=c11 $WARN -I"$tmp/include" -Iinclude -pthread \
        "$tmp/example.c" -o "$tmp/example" &&
        try 'the example runs' timeout 30 "$tmp/example"
fi
# Other Loft headers that the test includes come from the tree; this one is the one-file form.
test=tests/$stem.c
if [ -f "$test" ]; then
    export LOFT_TEST_SCALE=2
    # What is in it does not depend on how well it is compiled, and compiling takes most of the time.
    try 'its test compiles' env OPT=-O0 INC="-I$tmp/include $INC" \
        sh tests/tools/build.sh c11 "$test" "$tmp/test" && try 'its test passes' timeout 100 "$tmp/test"
fi
tap_done
