#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_fail.sh FILE - a mistake that must not compile: every compiler at hand gives exactly one error, with
# the text of the first line `/* expect: text */`. The second line may be `/* flags: F... */`; a -std= in it chooses the
# language, and with it the compilers that are asked.
#
# ASKED  only those of these compilers, unless the language leaves none of them
set -u
. tests/tools/params.sh
file=$1
scratch "fail-$(basename "$file" .c)"
expect=$(sed -n '1s|^/\* expect: \(.*\) \*/$|\1|p' "$file")
flags=$(sed -n '2s|^/\* flags: \(.*\) \*/$|\1|p' "$file")
if [ -z "$expect" ]; then
    tap 1 "$file begins with /* expect: text */"
    tap_done
    exit 0
fi
lacks=$(lacking_in "$file")
case $expect in
*'this target has no'*) ;;
*)  if [ -n "$lacks" ]; then
        tap_skip "$file" "no $lacks here"
        tap_done
        exit 0
    fi ;;
esac
case $flags in
*-std=c++*|*-std=gnu++*) all='g++ clang++' ;;
*-std=*)                 all='gcc clang' ;;
*)                       all='gcc clang g++ clang++' ;;
esac
asked=
for compiler in $all; do
    case " ${ASKED:-$all} " in *" $compiler "*) asked="$asked $compiler" ;; esac
done
for compiler in ${asked:-$all}; do
    case $compiler in *++) x=c++ s=-std=c++11 ;; *) x=c s=-std=c11 ;; esac
    case $flags in *-std=*) s= ;; esac
    if ! command -v $compiler >/dev/null; then
        tap_skip "$file refused by $compiler" "no $compiler (apt-get install ${compiler%++}$(
            [ $compiler = g++ ] && echo ++))"
        continue
    fi
    $compiler -x $x $s -Iinclude -Itests -I. -D_GNU_SOURCE $flags -S -o /dev/null "$file" >"$tmp/log" 2>&1
    status=$?
    [ $status -ne 0 ] && [ "$(grep -c 'error:' "$tmp/log")" -eq 1 ] && grep 'error:' "$tmp/log" | grep -qF -- "$expect"
    tap $? "$(basename "$file" .c) refused by $compiler in one line" "$tmp/log"
done
tap_done
