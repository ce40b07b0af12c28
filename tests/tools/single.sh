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
# A header counts as there as long as the #if is open in which it was written; after that it is written again.
awk -v header="$header" '
    function plain(p) {
        while (match(p, /[^\/.]+\/\.\.\//)) p = substr(p, 1, RSTART - 1) substr(p, RSTART + RLENGTH)
        return p
    }
    function is_there(f,    i) {
        for (i = open; i >= 0; i--)
            if ((f, block[i]) in there) return 1
        return 0
    }
    function emit(f,    lines, line, n, i, b, guard, dir) {
        if (f in inside) return
        while ((getline line < f) > 0) lines[++n] = line
        close(f)
        if (n == 0) { print "single.sh: " f ": no such header" >"/dev/stderr"; exit 1 }
        inside[f] = 1
        there[f, block[open]] = 1
        print ""
        for (i = 1; i <= n; i++) {
            if (lines[i] ~ /^[ \t]*#[ \t]*if/) {
                # A guard is no condition.
                guard = lines[i] ~ /^#ifndef LOFT_[A-Z0-9_]*_H$/ && lines[i + 1] ~ /^#define LOFT_.*_H$/
                open++
                block[open] = guard ? block[open - 1] : ++blocks
            } else if (lines[i] ~ /^[ \t]*#[ \t]*el/) {
                block[open] = ++blocks
            } else if (lines[i] ~ /^[ \t]*#[ \t]*endif/) {
                open--
            }
            if (lines[i] ~ /^[ \t]*#[ \t]*undef[ \t]+LOFT_[A-Z0-9_]*_H$/) {
                delete inside[f]                         # it lets another header include it in its place
                for (b = 0; b <= blocks; b++) delete there[f, b]
            }
            if (lines[i] !~ /^[ \t]*#[ \t]*include[ \t]*"/) {
                print lines[i]
                continue
            }
            line = lines[i]
            gsub(/^[^"]*"|"[^"]*$/, "", line)
            dir = f
            sub(/[^\/]*$/, "", dir)
            line = plain(dir line)
            if (!is_there(line)) {
                emit(line)
                print ""
            }
        }
        delete inside[f]
    }
    BEGIN { open = 0; block[0] = 0; emit(header) }'
