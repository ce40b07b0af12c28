#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_single.sh HEADER - the one-file form works with nothing else of Loft in reach: two instances compile
# in C and C++, and the manual's example and the module's own test are the programs that they are in the tree.
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
# What compiles and passes with the tree's headers does so with this form if it is the same text once everything is
# included: that is far less work than to compile and run it again, and sees more, since nothing has to show in a run.
# What else of Loft it includes comes from the tree; guards keep it from meeting its copy. There are no asserts, which
# contain the numbers of their lines, and where the explorer has its own, files and lines are taken out.
somewhere() { sed 's|"[^"]*include/loft/[^"]*", \("[a-z_]*", \)\{0,1\}[0-9][0-9]*|"somewhere", \1|g' "$1"; }
same()  # same WHAT FILE FLAGS...
{
    what=$1 file=$2
    shift 2
    read_as "$file" -DNDEBUG "$@" >"$tmp/read" 2>"$tmp/log" && somewhere "$tmp/read" >"$tmp/tree" &&
        read_as "$file" -DNDEBUG -I"$tmp/include" "$@" >"$tmp/read" 2>"$tmp/log" &&
        somewhere "$tmp/read" >"$tmp/single" &&
        diff "$tmp/tree" "$tmp/single" >"$tmp/log" && [ -s "$tmp/single" ]
    tap $? "$stem in one file: $what" "$tmp/log"
}
example "$header" >"$tmp/example.c"
if [ -s "$tmp/example.c" ]; then
    same 'the example is the same' "$tmp/example.c" -Iinclude -pthread
fi
test=tests/$stem.c
if [ -f "$test" ]; then
    # shellcheck disable=SC2046,SC2086
    same 'its test is the same' "$test" $INC $(test_flags "$test")
fi
tap_done
