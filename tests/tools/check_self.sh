#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_self.sh - the harness on trial: in a small tree of its own every gate is shown something good, which
# it must let through, and something bad, which it must stop; the totals must be true with prove and without it.
set -u
. tests/tools/params.sh
scratch self
mkdir -p "$tmp/tests/core" "$tmp/tests/fail" "$tmp/tests/report" "$tmp/include/loft/core" "$tmp/include/loft/queue" \
    "$tmp/docs" "$tmp/bin"
cp -r tests/tools tests/tap.h "$tmp/tests/"
cp LICENSE "$tmp/"
cd "$tmp" || exit 1
OPT=-O0 SAN= LINK= RESULTS=build/results LIMIT=2 JOBS=1 V=
export OPT SAN LINK RESULTS LIMIT JOBS V
unset RUN PROGRESS OUT ASKED CXX11_OPT CXX20_OPT

# ---- programs: build.sh and tap.sh -----------------------------------------------------------------------------------

# program NAME BODY: a test program with this main; what tap.sh says of it is left in NAME.tap and NAME.count.
program()
{
    cat >"tests/core/$1.c" <<END
/* SPDX-License-Identifier: MIT
 *
 * a test
$3
 */
#include <signal.h>
#include <unistd.h>
#include "tests/tap.h"
int main(void)
{
    $2
}
END
    sh tests/tools/build.sh "${4:-c11}" "tests/core/$1.c" "build/$1" 2>/dev/null
    sh tests/tools/tap.sh "build/$1" >"$1.tap"
    cut -d ' ' -f 1-3 <build/results/"$1".count >"$1.count"
}
counts()    # counts NAME 'PASSED FAILED SKIPPED' WHAT [TEXT that the tap must have]
{
    [ "$(cat "$1.count")" = "$2" ] && grep -qF -- "${4:-}" "$1.tap"
    tap $? "a program that $3 counts as $2" "$1.tap"
}
program good    'ok(1, "a"); ok(1, "b"); ok_skip("c", "no c"); return done();' ''
counts good     '2 0 1' 'passes'
program bad     'ok(1, "a"); ok(0, "b"); return done();' ''
counts bad      '1 1 0' 'fails' 'not ok 2 - b'
program crash   'ok(1, "a"); raise(SIGSEGV); return done();' ''
counts crash    '1 1 0' 'crashes' 'died of signal 11'
program hang    'ok(1, "a"); for (;;) pause(); return done();' ''
counts hang     '1 1 0' 'hangs' 'still running after 2 s'
program child   'ok(1, "a"); if (fork() == 0) for (;;) pause(); return done();' ''
counts child    '1 0 0' 'leaves a child' 'left a process behind'
program noplan  'ok(1, "a"); return 0;' ''
counts noplan   '1 1 0' 'prints no plan' 'printed no plan'
program early   'ok(1, "a"); puts("1..3"); return 0;' ''
counts early    '1 1 0' 'stops early' 'planned 3 tests, ran 1'
program status  'ok(1, "a"); done(); return 7;' ''
counts status   '1 1 0' 'ends with a status' 'ended with status 7'
program silent  'return 0;' ''
counts silent   '0 1 0' 'says nothing' 'printed no plan'
program warn    'int unused; ok(1, "a"); return done();' ''
counts warn     '0 1 0' 'gives a warning' 'unused'
program nolib   'ok(1, "a"); return done();' ' * build: also lib -lno_such_library' lib
counts nolib    '0 0 1' 'needs a library that is not here' 'SKIP cannot link -lno_such_library'
program macro   'ok(ANSWER == 42, "a"); return done();' ' * build: flags -DANSWER=42'
counts macro    '1 0 0' 'has flags of its own'
echo 'int answer(void); int answer(void) { return 42; }' >tests/core/part.inc.c
program with    'extern int answer(void); ok(answer() == 42, "a"); return done();' \
    ' * build: with tests/core/part.inc.c'
counts with     '1 0 0' 'has a second source'
program without 'extern int answer(void); ok(answer() == 42, "a"); return done();' ''
counts without  '0 1 0' 'lacks its second source' 'links'
[ "$(find build/without -newermt 2000-01-01 2>/dev/null | wc -l)" = 0 ]
tap $? 'a program that does not build is tried again by the next make'

# ---- groups and totals -----------------------------------------------------------------------------------------------

# Without prove: a PATH that has all but that.
for d in $(echo "$PATH" | tr : ' '); do
    ln -s "$d"/* bin/ 2>/dev/null
done
rm -f bin/prove
for how in prove 'no prove'; do
    path=$PATH
    [ "$how" = prove ] || path=$(pwd)/bin
    if [ "$how" = prove ] && ! command -v prove >/dev/null; then
        tap_skip 'totals under prove' 'no prove (apt-get install perl)'
        continue
    fi
    run() { PATH=$path sh tests/tools/run.sh "$@"; }
    run start
    run group 'two that pass' build/good build/macro >group.txt
    run total >total.txt
    [ $? = 0 ] && [ "$(tail -n 1 total.txt)" = '3 passed, 0 failed, 1 skipped' ]
    tap $? "$how: all is well, and the last line says so" total.txt
    run group 'and more' build/bad build/crash build/nolib >group.txt
    run total >total.txt
    [ $? = 1 ] && [ "$(tail -n 1 total.txt)" = '5 passed, 2 failed, 2 skipped' ]
    tap $? "$how: two failures in all, and a failing status" total.txt
    grep -q 'not ok 2 - b' group.txt && grep -q 'died of signal 11' group.txt
    tap $? "$how: what failed is shown" group.txt
    run start
    run group 'empty' build/no_such_program >group.txt
    run total >total.txt
    [ $? = 1 ] && grep -q '^0 passed, 1 failed' total.txt
    tap $? "$how: a program that is not there is a failure" total.txt
    run start
    run total >total.txt
    [ $? = 1 ]
    tap $? "$how: no test at all is a failure" total.txt
done

# ---- the checks ------------------------------------------------------------------------------------------------------

# stops CHECK ARGUMENT WHAT [TEXT] / passes CHECK ARGUMENT WHAT
stops()
{
    sh tests/tools/check_"$1".sh "$2" >check.txt 2>&1
    grep -q '^not ok' check.txt && grep -qF -- "${4:-}" check.txt
    tap $? "check_$1 stops $3" check.txt
}
passes()
{
    sh tests/tools/check_"$1".sh "$2" >check.txt 2>&1
    ! grep -q '^not ok' check.txt && grep -q '^ok' check.txt
    tap $? "check_$1 lets $3 through" check.txt
}

header()    # header FAMILY/NAME: its text from stdin, with the SPDX line, a manual with EXAMPLE $2
{
    {
        printf '/* SPDX-License-Identifier: MIT\n *\n * loft/%s.h - x\n *\n * EXAMPLE\n' "$1"
        printf '%s\n' "$2" | sed 's/^/ *     /'
        printf ' *\n * PARAMETERS  none\n */\n'
        cat
    } >"include/loft/$1.h"
}
header core/base '#include <loft/core/base.h>
int main(void) { return base_one() - 1; }' <<'END'
#ifndef LOFT_CORE_BASE_H
#define LOFT_CORE_BASE_H
#define LOFT_VERSION_STRING "1.2.3"
#define LOFT_CAT_(a, b) a##_##b
#define LOFT_CAT(a, b) LOFT_CAT_(a, b)
static inline int base_one(void) { return 1; }
#endif
END
queue_body='#if !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/toy.h: define LOFT_QUEUE_NAME"
#else
#include "../core/base.h"
#define LOFT_QUEUE_FN(f) LOFT_CAT(LOFT_QUEUE_NAME, f)
typedef LOFT_QUEUE_T LOFT_QUEUE_FN(item);
static inline int LOFT_QUEUE_FN(two)(void) { return 1 + base_one(); }
#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME
#endif'
toy_example='#define LOFT_QUEUE_NAME toy
#define LOFT_QUEUE_T int
#include <loft/queue/toy.h>
int main(void) { return toy_two() - 2; }'
echo "$queue_body" | header queue/toy "$toy_example"
toy=include/loft/queue/toy.h
cp $toy toy.good
with() { sed "$1" toy.good >$toy; }                     # the toy with a slip planted by a sed script

passes header $toy 'a good template'
passes header include/loft/core/base.h 'a good guarded header'
passes example $toy 'a good example'
passes copy $toy 'a module that says what it includes'
passes single $toy 'a template in one file'
header core/seam '' <<'END'
#ifndef LOFT_CORE_SEAM_H
#define LOFT_CORE_SEAM_H
#ifndef LOFT_HOOK
#  define LOFT_HOOK 0
#endif
static inline int seam_hook(void) { return LOFT_HOOK; }
#endif
END
header core/hook '#include <loft/core/hook.h>
int main(void) { return seam_hook() - 7; }' <<'END'
#ifndef LOFT_CORE_HOOK_H
#define LOFT_CORE_HOOK_H
#define LOFT_HOOK 7
#include "seam.h"
#endif
END
passes single include/loft/core/hook.h 'a header that defines something for one it includes'
cp tests/tools/single.sh single.good
sed 's/^awk -v/sed "s|HOOK 7|HOOK 8|" "$header"; exit; &/' single.good >tests/tools/single.sh
stops single include/loft/core/hook.h 'one file that is another text' 'the example is the same'
cp single.good tests/tools/single.sh
with '/#undef LOFT_QUEUE_FN/d'
stops header $toy 'a macro left behind' 'leaves none'
with 's/int LOFT_QUEUE_FN(two)/int two/'
stops header $toy 'a function without the prefix of its instance' 'alone and twice'
with '/include "/d'
stops header $toy 'a header that does not include what it uses' 'alone and twice'
with 's/return 1 + base_one()/unsigned u = 1u; int i = u; return i + base_one()/'
stops header $toy 'a conversion that changes a sign' 'alone and twice'
with 's/static inline int LOFT_QUEUE_FN(two)(void) {/& char *new = (char *)"";  (void)new;/'
[ -z "$CXX" ] || stops header $toy 'a word that C++ keeps for itself' 'c++11'
with 's|^#if !def.*|#if 1\n#  error "loft/queue/toy.h: this target has no luck; take another"\n#elif 1|'
passes header $toy 'a template that this target cannot have'
for check in example copy single; do
    sh tests/tools/check_$check.sh $toy | grep -q '# SKIP no luck here'
    tap $? "check_$check leaves it out, and says why"
done
sed -i 's|^#  error.*luck.*|&\n#  error "and another"|' $toy
stops header $toy 'a refusal of a target in two errors' 'in one line'
with 's/toy_two() - 2/toy_two() - 3/'
stops example $toy 'an example that returns 1' 'the example runs'
with 's/toy_two() - 2/toy_too() - 2/'
stops example $toy 'an example that does not compile' 'the example compiles'
with 's/include "..\/core/include "..\/..\/loft\/queue\/..\/core/; s/base.h"/bass.h"/'
stops copy $toy 'an include that is not there' 'compile alone'
with 's|^ \*     int main|\
 *     #if __has_include(<loft/core/seam.h>)\
 *     int seam;\
 *     #endif\
&|'
stops copy $toy 'an example that is another program in the tree' 'the same in an empty folder'
cp toy.good $toy

cat >tests/fail/a.c <<'END'
/* expect: loft/queue/toy.h: define LOFT_QUEUE_NAME */
#include <loft/queue/toy.h>
int main(void) { return 0; }
END
passes fail tests/fail/a.c 'one error with the text'
sed 's/return 0/return x/' tests/fail/a.c >tests/fail/b.c
stops fail tests/fail/b.c 'two errors'
sed 's/expect: loft/expect: left/' tests/fail/a.c >tests/fail/c.c
stops fail tests/fail/c.c 'another text'
sed 's/#include.*//' tests/fail/a.c >tests/fail/d.c
stops fail tests/fail/d.c 'a mistake that compiles'
sed 1d tests/fail/a.c >tests/fail/e.c
stops fail tests/fail/e.c 'a file that expects nothing'
ASKED=g++
export ASKED
[ -z "$CXX" ] || stops fail tests/fail/b.c 'two errors, by the compiler that is asked' 'by g++'
unset ASKED

doc() { printf 'A page.\n\n```c%s\n%s\n```\n\n```sh\nfalse\n```\n' "$2" "$3" >"docs/$1.md"; }
doc good '' 'int main(void) { return 0; }'
passes doc docs/good.md 'a program'
doc wrong '' 'int main(void) { return 1; }'
stops doc docs/wrong.md 'a program that returns 1' 'docs/wrong.md:4 runs'
doc broken '' 'int main(void) { return x; }'
stops doc docs/broken.md 'a program that does not compile' 'docs/broken.md:4 compiles'
doc part ' fragment' 'return x;'
sh tests/tools/check_doc.sh docs/part.md | grep -q '^1\.\.0'
tap $? 'check_doc leaves fragments alone'

printf '/* expect: boom */\n#include <stdio.h>\nint main(void) { puts("boom"); return 1; }\n' >tests/report/a.c
passes report tests/report/a.c 'a fault that is reported'
sed 's/return 1/return 0/' tests/report/a.c >tests/report/b.c
stops report tests/report/b.c 'a fault that passes unseen'
sed 's/puts("boom")/puts("bang")/' tests/report/a.c >tests/report/c.c
stops report tests/report/c.c 'another fault than the expected one'

passes install . 'an installation'
sed 's/include "..\/core/include "core/' $toy >toy.bad && cp toy.bad $toy
sed 's|spsc\.h|toy.h|' tests/tools/check_install.sh >install.new && cp install.new tests/tools/check_install.sh
stops install . 'an installed header that cannot be used' 'by its path'
cp toy.good $toy

passes machine . 'this machine'
CC=no_such_compiler sh tests/tools/preflight.sh >check.txt
[ $? = 1 ] && grep -q "no C compiler called 'no_such_compiler': apt-get install" check.txt
tap $? 'preflight names a compiler that is not there' check.txt
mkdir -p nolibc
printf '#!/bin/sh\nexec %s -nostdinc -isystem %s "$@"\n' "$CC" "$($CC -print-file-name=include)" >nolibc/cc
chmod +x nolibc/cc
CC=$(pwd)/nolibc/cc sh tests/tools/preflight.sh >check.txt
[ $? = 1 ] && grep -q "C library's headers are not: apt-get install libc6-dev" check.txt &&
    [ "$(wc -l <check.txt)" = 1 ]
tap $? 'preflight says in one line that the headers of the C library are missing' check.txt
# ---- code ------------------------------------------------------------------------------------------------------------

echo 'int good; int f(void); int f(void) { return __atomic_load_n(&good, 5); }' >tests/core/code.c
passes codegen tests/core/code.c 'atomic words'
echo '__extension__ typedef struct { char c[3]; } odd; odd f(odd *p); odd f(odd *p) { odd v; __atomic_load(p, &v, 5);
return v; }' >tests/core/code.c
stops codegen tests/core/code.c 'a call of libatomic' '__atomic_load'
mkdir -p tests/queue built/release/tests/queue
echo 'int main(void) { return 0; }' | tee tests/queue/linked.c >tests/queue/library.c
$CC -O2 tests/queue/linked.c -o built/release/tests/queue/linked
echo 'int f(void) __asm__("__atomic_load_16"); int f(void) { return 0; } int main(void) { return f(); }' |
    $CC -O2 -x c - -o built/release/tests/queue/library
for t in linked library; do
    OPT=-O2 OUT=built sh tests/tools/check_codegen.sh tests/queue/$t.c >$t.txt
done
! grep -q '^not ok' linked.txt && grep -q '^not ok .*by .* calls no library' library.txt
tap $? 'check_codegen looks at the program that was built' library.txt
echo 'int only_words;' >tests/core/dwcas.c
if echo '#if !((defined(__x86_64__) && defined(__LP64__)) || defined(__i386__) || defined(__aarch64__))
#error no pairs
#endif' | $CC -E -x c - >/dev/null 2>&1; then
    stops codegen tests/core/dwcas.c 'pairs without their instruction' 'changes two words by'
fi

tap_done
