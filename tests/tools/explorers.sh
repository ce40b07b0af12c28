#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/explorers.sh - which programs of the explorer there are, and whose they are. A program
# tests/queue/explore/scq_close.c belongs to the module with the longest name that its own begins with, queue/scq; one
# that begins with no header's name (core/litmus) belongs to none and is its own.
#
#     explorers.sh sources [M]     all of them; those of M, or the one called M
#     explorers.sh modules [M]     those that have programs, and a memory order that could be weaker; M if it is one
#     explorers.sh headers M       M's header and the machinery it is made of, as paths: headers of its family that it
#                                  includes and that have no page of their own under docs/
#     explorers.sh owner HEADER    the first of the modules that are made of HEADER
set -u
. tests/tools/params.sh

# whose FAMILY/NAME: the module this program belongs to.
whose()
{
    m=$1
    while [ ! -f "include/loft/$m.h" ]; do
        case ${m#*/} in
        *_*) m=${m%_*} ;;
        *)   echo "$1"; return ;;
        esac
    done
    echo "$m"
}

each()      # each COMMAND...: for every program, as FAMILY/NAME SOURCE OWNER
{
    for f in tests/*/explore/*.c; do
        [ -f "$f" ] || continue
        name=${f#tests/}
        name=$(echo "${name%.c}" | sed 's|/explore/|/|')
        "$@" "$name" "$f" "$(whose "$name")"
    done
}
source_of() { [ -z "$1" ] || [ "$1" = "$2" ] || [ "$1" = "$4" ] || return 0; echo "$3"; }
module_of() { [ -f "include/loft/$4.h" ] && { [ -z "$1" ] || [ "$1" = "$4" ]; } || return 0; echo "$4"; }
headers()
{
    echo "include/loft/$1.h"
    closure "include/loft/$1.h" | grep "^include/loft/${1%/*}/" | while read -r h; do
        page=${h#include/loft/}
        [ -f "docs/${page%.h}.md" ] || echo "$h"
    done
}
orders()    # those of the modules on the standard input that have an order to weaken
{
    while read -r m; do
        # shellcheck disable=SC2046
        awk -v root=. -v list=1 -f tests/tools/lint.awk $(headers "$m") |
            grep -Eq ' (acquire|release|acq_rel|seq_cst)' && echo "$m"
    done
}

case $1 in
sources) each source_of "${2:-}" ;;
modules) each module_of "${2:-}" | sort -u | orders ;;
headers) headers "$2" ;;
owner)   for m in $(each module_of '' | sort -u); do
             headers "$m" | grep -qx "$2" && { echo "$m"; break; }
         done ;;
esac
