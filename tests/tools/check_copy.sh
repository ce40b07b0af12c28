#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_copy.sh HEADER - copying a module is copying its header and those it includes: the manual's example
# runs beside exactly these files in an empty folder, and the module's test beside these and those the test includes.
set -u
. tests/tools/params.sh
header=$1
name=${header#include/loft/}
stem=${name%.h}
scratch "copy-$(echo "$stem" | tr / _)"
lacks=$(lacking "$header")
if [ -n "$lacks" ]; then
    tap_skip "$stem copied alone" "no $lacks here"
    tap_done
    exit 0
fi
take()  # take FILE... into the empty folder
{
    for f; do
        mkdir -p "$tmp/$(dirname "$f")"
        cp "$f" "$tmp/$f"
    done
}
take "$header" $(closure "$header")
files=$(find "$tmp" -name '*.h' | wc -l)
params "$header" copied >"$tmp/alone.c"
extra=$(sed -n 's/^#include <\(loft\/.*\)>/include\/\1/p' "$tmp/alone.c")
[ -z "$extra" ] || take $extra $(closure $extra)
printf '#include <loft/%s>\nint main(void) { return 0; }\n' "$name" >>"$tmp/alone.c"
(cd "$tmp" && $CC -std=c11 $WARN -Iinclude -pthread alone.c -o alone && ./alone) >"$tmp/log" 2>&1
tap $? "$stem: $files files copied compile alone" "$tmp/log"

example "$header" >"$tmp/example.c"
if [ -s "$tmp/example.c" ]; then
    take $(closure "$tmp/example.c")
    (cd "$tmp" && $CC -std=c11 $WARN -Iinclude -pthread example.c -o example && timeout 30 ./example) >"$tmp/log" 2>&1
    tap $? "$stem: its example runs in an empty folder" "$tmp/log"
fi

test=tests/$stem.c
if [ -f "$test" ]; then
    with=$(awk '/^ \* build: with/{ for (i = 4; i <= NF; i++) print $i } /\*\//{ exit }' "$test")
    take tests/*.h $(find tests/"${stem%/*}" -type f) $(closure "$test" $with)
    mkdir -p "$tmp/tests/tools"
    cp tests/tools/build.sh "$tmp/tests/tools/"
    # Which files it needs does not depend on how well it is compiled, and compiling takes most of the time.
    (cd "$tmp" && OPT=-O0 sh tests/tools/build.sh c11 "$test" ./t &&
        LOFT_TEST_SCALE=2 timeout 100 ./t) >"$tmp/log" 2>&1
    tap $? "$stem: its test passes in an empty folder" "$tmp/log"
fi
tap_done
