#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/single.sh HEADER - prints HEADER as one file that stands alone: the licence, the Loft headers it needs,
# each under its own guard, then the header itself. Several such files may meet in one program, and a template may be
# included again and again, because a guard that was passed once keeps its part away.
set -eu
. tests/tools/params.sh
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
# Conditional includes of Loft headers are pulled to the front as well: a guarded header can always come first.
for h in $(closure "$header") "$header"; do
    echo
    awk '/^[ \t]*#[ \t]*include[ \t]*"/ { next } { print }' "$h"
done
