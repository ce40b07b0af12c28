#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_codegen.sh SOURCE - what the compiler makes of a test, at the optimisation of a release: no call of
# libatomic or of its predecessors, which may lock; and, where two words change at once, the instruction for that. Asked
# of CC and of OTHER, the other one of gcc and clang, if that is set. Where OUT has a program that CC made, that is
# looked at.
#
# ASKED  only those of these compilers
set -u
. tests/tools/params.sh
source=$1
scratch "codegen-$(basename "$source" .c)"

# What changes two words at once on the machine that the compiler writes for, and nothing where there is no such
# instruction.
pair_of()
{
    case $1 in
    x86_64)  echo 'cmpxchg16b' ;;
    i386)    echo 'cmpxchg8b' ;;
    aarch64) echo 'casp|ldxp|ldaxp' ;;
    arm)     echo 'ldrexd|ldaexd' ;;
    s390x)   echo 'cdsg' ;;
    esac
}

for compiler in "$CC" ${OTHER:-}; do
    name=$(basename "${compiler%% *}")
    case " ${ASKED:-$name} " in *" $name "*) ;; *) continue ;; esac
    what="$source by $name"
    # Of the macros, because the compiler's own name for its target knows nothing of -m32.
    machine=$($compiler $OPT -dM -E -x c /dev/null | awk '
        $2 ~ /^__(x86_64|i386|aarch64|arm|s390x)__$/ { m = $2 } $2 == "__LP64__" { wide = 1 }
        END { gsub("__", "", m); if (wide || m == "i386" || m == "arm") print m }')
    prefix=
    package=binutils
    case $name in
    *-*-gcc) prefix=${name%gcc} package=binutils-$(echo "${prefix%-}" | tr _ -) ;;
    esac
    for tool in nm objdump; do
        if ! command -v $prefix$tool >/dev/null; then
            tap_skip "$what" "no $prefix$tool (apt-get install $package)"
            continue 2
        fi
    done
    # What must be in it has to be in the module's own code, not in what is linked with it; what must not, in neither.
    code=
    case $source-$compiler in
    */core/*|*/scq_word.c-*) ;;
    *-"$CC")
        for code in "${OUT:-}/release/${source%.c}" "${OUT:-}/c11/${source%.c}"; do
            [ ! -x "$code" ] || break
        done ;;
    esac
    if [ ! -x "$code" ] || [ "$(head -c 2 "$code")" = '#!' ]; then
        code=$tmp/o
        $compiler -std=c11 $OPT -O2 -g0 $INC -DNDEBUG -c "$source" -o "$code" >"$tmp/log" 2>&1
        tap $? "$what compiles" "$tmp/log" || continue
    else
        tap 0 "$what compiles"
    fi

    "${prefix}nm" "$code" >"$tmp/nm" && ! grep -E ' __(atomic|sync)_' "$tmp/nm" >"$tmp/log"
    tap $? "$what calls no library for an atomic operation" "$tmp/log"

    "${prefix}objdump" -d --no-show-raw-insn "$code" >"$tmp/code" 2>"$tmp/log"
    tap $? "$what can be read" "$tmp/log" || continue
    pair=$(pair_of "$machine")
    case $source in
    */queue/*) case $machine in i386 | arm) pair= ;; esac ;;
    esac
    case $source-$pair in
    *-) ;;
    */core/dwcas.c-* | */queue/scq_word.c-*)
        grep -Eqw "($pair)[a-z]*" "$tmp/code"
        tap $? "$what changes two words by $pair" ;;
    esac
    case $source-$machine-$name in
    */core/atomics.c-x86_64-*clang*)
        ! grep -w mfence "$tmp/code" >"$tmp/log"
        tap $? "$what has full fences, none of them an mfence" "$tmp/log" ;;
    esac
done
tap_done
