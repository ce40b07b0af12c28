#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/explorers.sh - which programs of the explorer there are, and whose they are. A program
# tests/queue/explore/scq_close.c belongs to the header with the longest name that its own begins with, queue/scq. If
# that is machinery, which is a header that has no page under docs/ and that others of its family include, it belongs to
# the smallest module that is made of it. Where a part of the rest of its name is a header, too, it is also of that one:
# map/list_snapshot is of map/list and of map/snapshot. A program that begins with no header's name (core/litmus) is its
# own.
#
#     explorers.sh sources [M]     all of them; those of M, or the one called M
#     explorers.sh modules [M]     those that have programs and answer for an order that could be weaker; M if it is one
#     explorers.sh headers M       M's header and the machinery it is made of, as paths
#     explorers.sh owner HEADER    the module that answers for this header: its own, or the smallest that is made of it
set -u
. tests/tools/params.sh

headers()
{
    echo "include/loft/$1.h"
    closure "include/loft/$1.h" | grep "^include/loft/${1%/*}/" | while read -r h; do
        page=${h#include/loft/}
        [ -f "docs/${page%.h}.md" ] || echo "$h"
    done
}

# Machinery that is named after a module is that module's: scq_ring.h is of scq.h. Else the smallest module that is made
# of it and has a program: its clients have the least else to do.
owner()
{
    m=${1#include/loft/}
    m=${m%.h}
    named=$m
    while [ ! -f "docs/$named.md" ] && [ "${named#*/*_}" != "$named" ]; do
        named=${named%_*}
    done
    [ ! -f "docs/$named.md" ] || m=$named
    if [ ! -f "docs/$m.md" ]; then
        least=
        for page in docs/"${m%/*}"/*.md; do
            other=${page#docs/}
            other=${other%.md}
            [ -f "include/loft/$other.h" ] && ls "tests/${other%/*}/explore/${other#*/}"*.c >/dev/null 2>&1 &&
                headers "$other" | grep -qx "$1" || continue
            n=$(wc -l <"include/loft/$other.h")
            [ -z "$least" ] || [ "$n" -lt "$least" ] || continue
            least=$n
            m=$other
        done
    fi
    echo "$m"
}

# whose FAMILY/NAME: the modules this program belongs to.
whose()
{
    m=$1
    while [ ! -f "include/loft/$m.h" ]; do
        case ${m#*/} in
        *_*) m=${m%_*} ;;
        *)   echo "$1"; return ;;
        esac
    done
    owner "include/loft/$m.h"
    echo "${1#"$m"}" | tr _ '\n' | while read -r part; do
        also=include/loft/${m%/*}/$part.h
        [ -z "$part" ] || [ ! -f "$also" ] || owner "$also"
    done
}

all()       # every program, as FAMILY/NAME SOURCE MODULE, for each of its modules
{
    for f in tests/*/explore/*.c; do
        [ -f "$f" ] || continue
        name=${f#tests/}
        name=$(echo "${name%.c}" | sed 's|/explore/|/|')
        whose "$name" | sort -u | sed "s|^|$name $f |"
    done
}

own()       # those of M's headers that it answers for itself
{
    headers "$1" | while read -r h; do
        [ "$(owner "$h")" != "$1" ] || echo "$h"
    done
}

orders()    # those of the modules on the standard input that have an order to weaken
{
    while read -r m; do
        [ -f "include/loft/$m.h" ] || continue
        # shellcheck disable=SC2046
        awk -v root=. -v list=1 -f tests/tools/lint.awk $(own "$m") </dev/null |
            grep -Eq ' (acquire|release|acq_rel|seq_cst)' && echo "$m"
    done
}

case $1 in
sources) all | awk -v m="${2:-}" '(m == "" || m == $1 || m == $3) && !seen[$2]++ { print $2 }' ;;
modules) all | awk -v m="${2:-}" 'm == "" || m == $3 { print $3 }' | sort -u | orders ;;
headers) headers "$2" ;;
owner)   owner "$2" ;;
esac
