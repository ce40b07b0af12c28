#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/build.sh - builds one test program: build.sh VARIANT SOURCE OUTPUT
#
# Environment: CC CXX OTHER (the other of gcc and clang, or nothing), OPT (CXX11_OPT, CXX20_OPT: for the twins), SAN,
# WARN, CWARN, INC, LINK, VERBOSE.
# A program that does not compile becomes a script that fails and shows the compiler's words, so that it is counted and
# the other tests still run; it is dated 1970, so that the next make tries again. One that needs a compiler or a library
# this machine lacks becomes a script that says so and counts as skipped.
set -u
variant=$1 src=$2 out=$3
log=$out.log
mkdir -p "$(dirname "$out")" || exit 1
rm -f "$out"

directives=$(awk '/^ \* build: /{ sub(/^ \* build: /, ""); print } /\*\//{ exit }' "$src")
words()     # words KEY: what follows KEY in all directives of that kind
{
    printf '%s\n' "$directives" | awk -v k="$1" '$1 == k { $1 = ""; printf "%s ", $0 }'
}

# The program is replaced by a script that prints $1 as its TAP.
stand_in()
{
    {
        echo '#!/bin/sh'
        echo "cat <<'END_OF_TAP'"
        printf '%s\n' "$1"
        [ "$2" = 0 ] || sed 's/^/# /' "$log"
        echo 'END_OF_TAP'
        echo "exit $2"
    } >"$out"
    chmod +x "$out"
    touch -t 197001020000 "$out"
    exit 0
}
skip()   { stand_in "1..0 # SKIP $1" 0; }
broken() { stand_in "not ok 1 - $variant $src $1
1..1" 1; }

cxx_std()   # newest name of a C++ standard that this compiler knows
{
    case $1 in
    20) $CXX -std=c++20 -x c++ -fsyntax-only /dev/null 2>/dev/null && echo c++20 || echo c++2a ;;
    *)  echo "c++$1" ;;
    esac
}

lang=c std=c11 extra=
case $variant in
c11)    ;;
cxx11)  lang=c++ std=c++11 OPT=${CXX11_OPT:-$OPT} ;;
cxx20)  lang=c++ OPT=${CXX20_OPT:-$OPT} ;;
lto)    extra='-O2 -flto' ;;
*)      extra=$(printf '%s\n' "$directives" | awk -v v="$variant" '$1 == "also" && $2 == v {
            $1 = ""; $2 = ""; printf "%s ", $0 }') ;;
esac
if [ $lang = c++ ] && [ -z "$CXX" ]; then
    skip "no C++ compiler (apt-get install g++)"
fi
if [ "$variant" = cxx20 ]; then
    std=$(cxx_std 20)
fi

flags="$OPT $SAN $INC"
libs=
for w in $(words flags) $extra; do
    case $w in
    -l*) libs="$libs $w" ;;
    *)   flags="$flags $w" ;;
    esac
done

# Libraries come from the file's own directives; without the library there is nothing to test.
if [ -n "$libs" ]; then
    echo 'int main(void) { return 0; }' >"$out.probe.c"
    if ! $CC "$out.probe.c" -o "$out.probe" $libs 2>/dev/null; then
        rm -f "$out".probe*
        skip "cannot link$libs (apt-get install$(echo "$libs" | sed 's/ -l\([a-z0-9]*\)/ lib\1-dev/g'))"
    fi
    rm -f "$out".probe*
fi

compile()   # compile LANG COMPILER STD SOURCE OBJECT
{
    cw=
    [ "$1" = c++ ] || cw=$CWARN
    set -- "$2" -x "$1" "-std=$3" $WARN $cw $flags -MMD -MF "$5.d" -MT "$out" -c "$4" -o "$5"
    [ -z "${VERBOSE:-}" ] || echo "$*" >&2
    "$@" 2>>"$log"
}

: >"$log"
linker=$CC objects=
if [ $lang = c++ ]; then
    linker=$CXX
    compile c++ "$CXX" "$std" "$src" "$out.o" || broken "compiles"
else
    compile c "$CC" "$std" "$src" "$out.o" || broken "compiles"
fi
objects=$out.o
n=0
add()       # add KIND FILE
{
    n=$((n + 1))
    o=$out.$n.o
    case $1 in
    with)
        if [ $lang = c++ ]; then
            compile c++ "$CXX" "$std" "$2" "$o"
        else
            compile c "$CC" "$std" "$2" "$o"
        fi ;;
    with-c)
        compile c "$CC" c11 "$2" "$o" ;;
    with-other)
        case $CC in *clang*) lacks=gcc ;; *) lacks=clang ;; esac
        [ -n "$OTHER" ] || skip "needs gcc and clang, no $lacks (apt-get install $lacks)"
        if [ $lang = c++ ]; then
            other=$(echo "$OTHER" | sed 's/gcc/g++/; s/clang/clang++/')
            command -v "$other" >/dev/null || skip "needs g++ and clang++ (apt-get install g++ clang)"
            compile c++ "$other" "$std" "$2" "$o"
        else
            compile c "$OTHER" "$std" "$2" "$o"
        fi ;;
    with-cxx)
        [ -n "$CXX" ] || skip "no C++ compiler (apt-get install g++)"
        linker=$CXX
        compile c++ "$CXX" c++17 "$2" "$o" ;;
    esac || broken "compiles with $2"
    objects="$objects $o"
}
for kind in with with-c with-other with-cxx; do
    for f in $(words $kind); do
        add $kind "$f"
    done
done
[ -z "${VERBOSE:-}" ] || echo "$linker $objects -o $out" >&2
$linker $flags $objects -o "$out" $LINK $libs 2>>"$log" || broken "links"
cat "$out.o.d" "$out".[0-9]*.o.d >"$out.d" 2>/dev/null
rm -f $objects "$out".o.d "$out".[0-9]*.o.d
[ -s "$log" ] && cat "$log" >&2
rm -f "$log"
exit 0
