# SPDX-License-Identifier: MIT
#
# tests/tools/params.sh - read by the check scripts: what they need to know of a header without knowing the header.

# is_template HEADER: it has no guard of its own and is included once for each instance.
is_template()
{
    ! awk '/^#ifndef LOFT_[A-Z0-9_]*_H$/ { g = $2; getline; found = ($1 == "#define" && $2 == g); exit }
           /^#(if|include|define)/ { exit } END { exit !found }' "$1"
}

# params HEADER NAME: the lines a file writes before it includes HEADER to get an instance called NAME.
params()
{
    is_template "$1" || return 0
    case $1 in
    */queue/mpsc_list.h)
        printf '#include <loft/core/atomics.h>\nstruct %s_node { LOFT_ATOMIC(uintptr_t) link; };\n' "$2"
        printf '#define LOFT_QUEUE_NAME %s\n#define LOFT_QUEUE_T struct %s_node\n' "$2" "$2"
        printf '#define LOFT_QUEUE_LINK link\n' ;;
    */queue/blocking.h)                                     # a queue to be inside
        printf '#define LOFT_QUEUE_NAME %s_engine\n#define LOFT_QUEUE_T long\n#include <loft/queue/spsc.h>\n' "$2"
        printf '#define LOFT_QUEUE_NAME %s\n#define LOFT_QUEUE_T long\n' "$2"
        printf '#define LOFT_QUEUE_ENGINE %s_engine\n' "$2" ;;
    */queue/*)
        printf '#define LOFT_QUEUE_NAME %s\n#define LOFT_QUEUE_T long\n' "$2"
        ! grep -q 'LOFT_QUEUE_SMR' "$1" || printf '#include <loft/smr/leak.h>\n#define LOFT_QUEUE_SMR loft_leak\n' ;;
    */stack/intrusive.h)                                    # a node of the user's, and no scheme
        printf '#include <loft/core/atomics.h>\nstruct %s_node { LOFT_ATOMIC(uintptr_t) link; };\n' "$2"
        printf '#define LOFT_STACK_NAME %s\n#define LOFT_STACK_T struct %s_node\n' "$2" "$2"
        printf '#define LOFT_STACK_LINK link\n' ;;
    */stack/*)
        printf '#include <loft/smr/leak.h>\n#define LOFT_STACK_SMR loft_leak\n'
        printf '#define LOFT_STACK_NAME %s\n#define LOFT_STACK_T long\n' "$2" ;;
    */map/bounded.h)                                        # a map to be inside
        printf '#include <loft/smr/leak.h>\n#define LOFT_MAP_SMR loft_leak\n'
        printf '#define LOFT_MAP_NAME %s_engine\n#define LOFT_MAP_KEY long\n#define LOFT_MAP_VAL long\n' "$2"
        printf '#include <loft/map/list.h>\n'
        printf '#define LOFT_MAP_NAME %s\n#define LOFT_MAP_ENGINE %s_engine\n#define LOFT_MAP_VAL long\n' "$2" "$2" ;;
    */map/frozen.h)                                         # nothing to reclaim
        printf '#define LOFT_MAP_NAME %s\n#define LOFT_MAP_KEY long\n#define LOFT_MAP_VAL long\n' "$2" ;;
    */map/*)
        printf '#include <loft/smr/leak.h>\n#define LOFT_MAP_SMR loft_leak\n'
        printf '#define LOFT_MAP_NAME %s\n#define LOFT_MAP_KEY long\n#define LOFT_MAP_VAL long\n' "$2" ;;
    esac
}

# lacking HEADER: what this target lacks for it, as the header, or one that it includes, says itself:
# #error "...: this target has no WHAT; ...". Nothing where it can be used. The module's own test knows where it has to
# be usable.
lacking()
{
    # shellcheck disable=SC2046
    grep -q '^# *error .*: this target has no ' "$1" $(closure "$1") || return 0
    { params "$1" one; echo "#include <${1#include/}>"; } | $CC -std=c11 -Iinclude -x c -fsyntax-only - 2>&1 |
        sed -n '/error:/s/.*: this target has no \([^;"]*\).*/\1/p' | head -n 1
}

# lacking_in FILE: the same for the first of the headers that this file includes.
lacking_in()
{
    for lacking_header in $(sed -n 's|^#include <\(loft/.*\)>.*|include/\1|p' "$1"); do
        lacking "$lacking_header"
    done | head -n 1
}

# example HEADER: the program under EXAMPLE in its manual; nothing if it has none.
example()
{
    awk '/^ \*\// || (on && /^ \* [^ ]/) { exit }
         on { sub(/^ \*(     )?/, ""); print }
         /^ \* EXAMPLE/ { on = 1 }' "$1" | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

# closure FILE...: the Loft headers these files include, directly or through others, as paths under include/, each once,
# in an order in which every header comes after those it includes.
closure()
{
    awk '
    function dir(p) { sub(/[^\/]*$/, "", p); return p }
    function plain(p) {
        gsub(/\/\.\//, "/", p)
        while (match(p, /[^\/.]+\/\.\.\//)) p = substr(p, 1, RSTART - 1) substr(p, RSTART + RLENGTH)
        return p
    }
    function there(f,    line, is) { is = (getline line < f) >= 0; close(f); return is }
    # Where the compiler would find it with -I. -Iinclude -Itests; nothing for a header of the system.
    function find(from, name, quoted) {
        if (quoted && there(plain(dir(from) name))) return plain(dir(from) name)
        if (there(name)) return name
        if (there("include/" name)) return "include/" name
        if (there("tests/" name)) return "tests/" name
        return ""
    }
    function visit(f, top,    line, w, n, i, inc) {
        if (f in seen) return
        seen[f] = 1
        n = 0
        while ((getline line < f) > 0) {
            if (line !~ /^[ \t]*#[ \t]*include[ \t]*["<]/) continue
            w = line
            sub(/^[^"<]*["<]/, "", w)
            sub(/[">].*/, "", w)
            inc = find(f, w, line ~ /^[^<]*"/)
            if (inc != "") queue[f, ++n] = inc
        }
        close(f)
        for (i = 1; i <= n; i++) visit(queue[f, i], 0)
        if (!top && f ~ /^include\//) print f
    }
    BEGIN { for (a = 1; a < ARGC; a++) visit(ARGV[a], 1) }' "$@"
}

# read_as FILE FLAGS...: what the compiler reads of FILE, as C11, once everything is included and expanded. Programs of
# which it reads the same are the same.
read_as()
{
    read_as_file=$1
    shift
    $CC -x c -std=c11 "$@" -E -P "$read_as_file"
}

# test_flags FILE: the flags that a test asks for.
test_flags()
{
    awk '/^ \* build: flags/ { $1 = $2 = $3 = ""; print } /\*\// { exit }' "$1"
}

# TAP for scripts.
tap_n=0
tap_words() # tap_words FILE: what a reader wants of it: the tests that failed in it, or its beginning; and its end
{
    if [ "$(wc -l <"$1")" -le 40 ]; then
        cat "$1"
    else
        grep -B 2 -A 3 '^not ok' "$1" | head -n 30 || true
        grep -q '^not ok' "$1" || head -n 30 "$1"
        echo '...'
        tail -n 5 "$1"
    fi
}
tap()       # tap STATUS WHAT [FILE with the words of the compiler]
{
    tap_n=$((tap_n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $tap_n - $2"
    else
        echo "not ok $tap_n - $2"
        [ -z "${3:-}" ] || tap_words "$3" | sed 's/^/# /'
    fi
    return "$1"
}
tap_skip()  # tap_skip WHAT WHY
{
    tap_n=$((tap_n + 1))
    echo "ok $tap_n - $1 # SKIP $2"
}
tap_done()
{
    if [ $tap_n = 0 ]; then
        echo "1..0 # SKIP ${1:-nothing to do}"
    else
        echo "1..$tap_n"
    fi
}

says()      # says FILE TEXT...: each of these stands in it; what does not is put there for who reads the failure
{
    says_file=$1 says_status=0
    shift
    for says_text; do
        grep -qF -- "$says_text" "$says_file" && continue
        echo "(nothing says: $says_text)" >>"$says_file"
        says_status=1
    done
    return $says_status
}

# std COMPILER STD: its name for that standard, or nothing if it does not know it.
std()
{
    case $2 in
    c2x)   try='c2x c23' ;;
    c++20) try='c++20 c++2a' ;;
    c++23) try='c++23 c++2b' ;;
    *)     try=$2 ;;
    esac
    for s in $try; do
        case $s in c++*) x=c++ ;; *) x=c ;; esac
        if $1 "-std=$s" -x $x -fsyntax-only /dev/null 2>/dev/null; then
            echo "$s"
            return
        fi
    done
}

# A folder of this script's own for what it writes: scratch NAME.
scratch()
{
    tmp=build/check/$1.$$
    rm -rf "$tmp"
    mkdir -p "$tmp"
    trap 'rm -rf "$tmp"' EXIT
    trap 'exit 1' HUP INT TERM
}
