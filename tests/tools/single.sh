#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/single.sh HEADER - prints HEADER as one file that stands alone: the licence, then the header with the Loft
# headers it includes in the places where it includes them, because what is defined before an include may matter to it.
# Each keeps its guard. Several such files may meet in one program, and a template may be included again and again.
set -eu
header=$1
name=${header#include/}
version=$(awk '$2 == "LOFT_VERSION_STRING" { gsub(/"/, "", $3); print $3 }' include/loft/core/base.h)
echo "/* SPDX-License-Identifier: MIT"
echo " *"
echo " * $name of Loft $version in one file, with all it needs."
echo " * Made by: make single M=$(echo "${name#loft/}" | sed "s|\\.h$||")"
echo " *"
sed 's/^/ * /; s/ *$//' LICENSE
echo " */"
# A header that some #if decides about is written again at its next include: there it may be the first.
awk -v header="$header" '
    function plain(p) {
        while (match(p, /[^\/.]+\/\.\.\//)) p = substr(p, 1, RSTART - 1) substr(p, RSTART + RLENGTH)
        return p
    }
    function emit(f, maybe,    lines, line, n, i, depth, guard, inc) {
        while ((getline line < f) > 0) lines[++n] = line
        close(f)
        if (n == 0) { print "single.sh: " f ": no such header" >"/dev/stderr"; exit 1 }
        print ""
        for (i = 1; i <= n; i++) {
            if (lines[i] ~ /^#[ \t]*if/) {
                depth++
                if (depth == 1 && lines[i] ~ /^#ifndef LOFT_[A-Z0-9_]*_H$/ && lines[i + 1] ~ /^#define LOFT_.*_H$/)
                    guard = 1
            }
            if (lines[i] ~ /^#[ \t]*endif/ && --depth == 0)
                guard = 0
            if (lines[i] !~ /^[ \t]*#[ \t]*include[ \t]*"/) {
                print lines[i]
                continue
            }
            inc = lines[i]
            gsub(/^[^"]*"|"[^"]*$/, "", inc)
            line = f
            sub(/[^\/]*$/, "", line)
            inc = plain(line inc)
            if (!(inc in there)) {
                if (!maybe && depth - guard <= 0)
                    there[inc] = 1
                emit(inc, maybe || depth - guard > 0)
                print ""
            }
        }
    }
    BEGIN { emit(header, 0) }'
