#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_copy.sh HEADER - copying a module is copying its header and those it includes: beside exactly these
# files, in an empty folder, the header compiles and the manual's example is the program that it is in the tree; and so
# is the module's test, beside these and those the test includes.
set -u
. tests/tools/params.sh
header=$1
name=${header#include/loft/}
stem=${name%.h}
scratch "copy-$(echo "$stem" | tr / _)"
empty=$tmp/empty
mkdir "$empty"
lacks=$(lacking "$header")
if [ -n "$lacks" ]; then
    tap_skip "$stem copied alone" "no $lacks here"
    tap_done
    exit 0
fi
take()  # take FILE... into the empty folder
{
    for f; do
        mkdir -p "$empty/$(dirname "$f")"
        cp "$f" "$empty/$f"
    done
}
take "$header" $(closure "$header")
files=$(find "$empty" -name '*.h' | wc -l)
params "$header" copied >"$empty/alone.c"
extra=$(sed -n 's/^#include <\(loft\/.*\)>/include\/\1/p' "$empty/alone.c")
[ -z "$extra" ] || take $extra $(closure $extra)
printf '#include <loft/%s>\nint main(void) { return 0; }\n' "$name" >>"$empty/alone.c"
(cd "$empty" && $CC -std=c11 $WARN -Iinclude -pthread alone.c -o alone && ./alone) >"$tmp/log" 2>&1
tap $? "$stem: $files files copied compile alone" "$tmp/log"

# What compiles and passes in the tree does so here if it is the same text once everything is included: that is far less
# work than to compile and run it again, and sees more, since nothing has to show in a run.
same()  # same WHAT FILE FLAGS...: FILE, which is here and in the tree, reads alike in both
{
    what=$1
    shift
    read_as "$@" >"$tmp/tree" 2>"$tmp/log" && (cd "$empty" && read_as "$@") >"$tmp/copy" 2>"$tmp/log" &&
        diff "$tmp/tree" "$tmp/copy" >"$tmp/log" && [ -s "$tmp/copy" ]
    tap $? "$stem: $what" "$tmp/log"
}
example "$header" >"$empty/example.c"
if [ -s "$empty/example.c" ]; then
    take $(closure "$empty/example.c")
    same 'its example is the same in an empty folder' "$(pwd)/$empty/example.c" -Iinclude -pthread
fi

test=tests/$stem.c
if [ -f "$test" ]; then
    with=$(awk '/^ \* build: with/{ for (i = 4; i <= NF; i++) print $i } /\*\//{ exit }' "$test")
    take tests/*.h $(find tests/"${stem%/*}" -type f) $(closure "$test" $with)
    for f in "$test" $with; do
        # shellcheck disable=SC2046,SC2086
        same "$f is the same in an empty folder" "$f" $INC $(test_flags "$test")
    done
fi
tap_done
