#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_lint_test.sh - lint has to be seen to find what it claims to find: a small clean tree passes, and
# every slip planted into a copy of it is reported, each with its own words.
set -u
. tests/tools/params.sh
scratch lint-test
clean=$tmp/clean
mkdir -p "$clean/include/loft/core" "$clean/include/loft/queue" "$clean/include/loft/stack"

cat >"$clean/include/loft/core/base.h" <<'END'
/* SPDX-License-Identifier: MIT
 *
 * loft/core/base.h - a stand-in.
 *
 * Needs: nothing of Loft.
 */
#ifndef LOFT_CORE_BASE_H
#define LOFT_CORE_BASE_H
#define LOFT_CAT(a, b) a##_##b
#endif
END
sed 's/base\.h/atomics.h/; s/_BASE_/_ATOMICS_/' "$clean/include/loft/core/base.h" >"$clean/include/loft/core/atomics.h"
cat >"$clean/include/loft/stack/pile.h" <<'END'
/* SPDX-License-Identifier: MIT
 *
 * loft/stack/pile.h - a stand-in.
 *
 * Needs: core/base.h
 */
#ifndef LOFT_STACK_PILE_H
#define LOFT_STACK_PILE_H
#include "../core/base.h"
#endif
END
cat >"$clean/include/loft/queue/gear.h" <<'END'
/* SPDX-License-Identifier: MIT
 *
 * loft/queue/gear.h - machinery of toy.h, which begins with it.
 *
 * Needs: nothing of Loft.
 */
#ifndef LOFT_QUEUE_GEAR_H
#define LOFT_QUEUE_GEAR_H
#define LOFT_QUEUE_GEAR_ 1
#endif
END
sed 's/gear\.h/wheel.h/; s/begins/ends/; s/_GEAR_H/_WHEEL_H/; s/^#define LOFT_QUEUE_GEAR_ 1/#undef LOFT_QUEUE_GEAR_/' \
    "$clean/include/loft/queue/gear.h" >"$clean/include/loft/queue/wheel.h"
cat >"$clean/include/loft/queue/toy.h" <<'END'
/* SPDX-License-Identifier: MIT
 *
 * loft/queue/toy.h - a queue to plant mistakes in.
 *
 * Needs: core/base.h core/atomics.h queue/gear.h queue/wheel.h
 *
 * USE IT WHEN      never.
 * DO NOT USE IT    ever.
 *
 * EXAMPLE
 *     int main(void) { return 0; }
 *
 * PARAMETERS       LOFT_QUEUE_NAME  required
 *
 * OPERATIONS       push pop
 *
 * TOGETHER         all
 *
 * EDGES            push:B -> pop:A         the slot is filled before it is seen
 *                  pop:C  -> push:A, push:D  the slot is drained
 *                  push:E <-> pop:D        one of two sleepers sees the other
 *
 * MEMORY           none
 *
 * PROGRESS         none
 *
 * SOURCE           none
 */
#if !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/toy.h: define LOFT_QUEUE_NAME"
#else
#include "../core/base.h"
#include "../core/atomics.h"
#ifndef LOFT_QUEUE_TOY_H
#define LOFT_QUEUE_TOY_H
#define LOFT_QUEUE_TOY_SHARED 1
#endif
#include "gear.h"
#define LOFT_QUEUE_FN(f) LOFT_CAT(LOFT_QUEUE_NAME, f)

static void
LOFT_QUEUE_FN(push)(LOFT_QUEUE_NAME *q)
{
    size_t seen = loft_load(&q->head, acquire);          /* push:A acquire <- pop:C: the slot is drained. LP(false) */
    loft_store(&q->tail, 1, release);                    /* push:B release -> pop:A: publishes the slot. LP */
    seen = loft_load(&q->mine, relaxed);                 /* push:C relaxed: only this thread writes it */
    if (loft_cas_strong(&q->slot[seen & 1u], &seen, seen + loft_next(seen, "a,(b"),
                        acq_rel, acquire))               /* push:D acq_rel/acquire -> user <- pop:C: a long reason that
                                                          * runs on over the line */
        loft_fence(seq_cst);                             /* push:E seq_cst <-> pop:D: or both sleep */
}

static void
LOFT_QUEUE_FN(pop)(LOFT_QUEUE_NAME *q)
{
    size_t seen = loft_load(&q->tail, acquire);          /* pop:A acquire <- push:B: the slot is filled */
    /* loft_store(&q->tail, 2, relaxed) in a comment is no access, and "atomic_load" in a string is no name */
    loft_cas_weak(&q->x, &seen, 1, relaxed, relaxed);    /* pop:B relaxed: a hint; "atomic_load" is no name here */
    loft_store(&q->head, 2, release);                    /* pop:C release -> push:A, push:D: the slot is drained */
    loft_fence_for(seq_cst, &q->head);                   /* pop:D seq_cst <-> push:E: or both sleep */
}

#include "wheel.h"
#undef LOFT_QUEUE_GEAR_H
#undef LOFT_QUEUE_WHEEL_H
#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_NAME
#endif
END
cat >"$clean/README.md" <<'END'
# A tree
END

sh tests/tools/lint.sh "$clean" >"$tmp/log" 2>&1
tap $? 'lint is silent on a clean tree' "$tmp/log"

# plant WHAT FILE SED-SCRIPT EXPECTED: the slip is made in a copy; lint must fail and say EXPECTED of that file.
plant()
{
    what=$1 file=$2 script=$3 expected=$4
    rm -rf "$tmp/planted"
    cp -r "$clean" "$tmp/planted"
    sed "$script" "$clean/$file" >"$tmp/planted/$file"
    if cmp -s "$clean/$file" "$tmp/planted/$file"; then
        tap 1 "slip: $what (the script changed nothing)"
        return
    fi
    sh tests/tools/lint.sh "$tmp/planted" >"$tmp/log" 2>&1 && echo "(lint called it clean)" >>"$tmp/log"
    ! grep -q 'called it clean' "$tmp/log" && grep -F "$file:" "$tmp/log" | grep -qF -- "$expected"
    tap $? "slip: $what" "$tmp/log"
}
toy=include/loft/queue/toy.h

# order comments
plant 'an access without a comment'   $toy 's|/\* push:C .*||'              'loft_load has no order comment'
plant 'a comment without a label'     $toy 's|push:C relaxed|relaxed|'      'loft_load has no order comment'
plant 'another order in the code'     $toy 's|1, release)|1, relaxed)|'     \
                                           'push:B: the comment says release, the code says relaxed'
plant 'another order in the comment'  $toy 's|pop:A acquire|pop:A relaxed|' \
                                           'pop:A: the comment says relaxed, the code says acquire'
plant 'another order on failure'      $toy 's|acq_rel/acquire|acq_rel/relaxed|' \
                                           'says relaxed on failure, the code says acquire'
plant 'the order on failure left out' $toy 's|acq_rel/acquire|acq_rel|'     'must name both orders'
plant 'an order that is a variable'   $toy 's|mine, relaxed)|mine, mo)|'    'without a memory order written out: mo'
plant 'a label used twice'            $toy 's|pop:B relaxed|pop:A relaxed|' 'pop:A is the label of line'
plant 'two accesses in one place'     $toy 's|slot\[seen & 1u\]|slot[loft_load(\&q->i, relaxed)]|' 'two atomic accesses'
plant 'a reason left out'             $toy 's|: only this thread.*\*/|*/|'  'push:C: no reason'
plant 'a release that feeds nobody'   $toy 's|release -> pop:A|release|'    'release does not name whom it feeds'
plant 'an acquire fed by nobody'      $toy 's|acquire <- push:B|acquire|'   'acquire does not name who feeds it'
plant 'seq_cst without a partner'     $toy 's|seq_cst <-> pop:D|seq_cst|'   'seq_cst does not name its partner'
plant 'an acquire that feeds'         $toy 's|acquire <- push:B|acquire <- push:B -> push:B|' 'an acquire feeds nobody'
plant 'a release that is fed'         $toy 's|release -> pop:A|release -> pop:A <- pop:A|' 'a release is fed by nobody'
plant '<-> on less than seq_cst'      $toy 's|relaxed: only|relaxed <-> pop:D: only|' '<-> is for seq_cst'
plant 'a partner that does not exist' $toy 's|<- push:B: the|<- push:Z: the|' 'pop:A names push:Z, which is no label'
plant 'a mirror that is missing'      $toy 's|relaxed: a hint|relaxed <- push:B: a hint|' \
                                           'but push:B does not say -> pop:B'
plant 'a partner in no other header'  $toy 's|-> user|-> cell/get:A|'       'has no such label'
plant 'an arrow without a label'      $toy 's|-> user|-> nobody|'           'no label after ->'

# the table
plant 'a pair missing in EDGES'       $toy 's|^ \* EDGES  .*| * EDGES|'     'EDGES does not list push:B -> pop:A'
plant 'a pair too many in EDGES'      $toy 's|push:A, push:D  the|push:A, push:D, push:C  the|' \
                                           'EDGES lists pop:C -> push:C'
plant 'a pair twice in EDGES'         $toy 's|\(.*\)push:E <-> pop:D  .*|&\n\1pop:D <-> push:E|' 'twice'
plant 'EDGES the wrong way round'     $toy 's|EDGES            push:B -> pop:A|EDGES            pop:A <- push:B|' \
                                           'write the release first'

# the manual
plant 'no SPDX line'                  $toy '1s|.*|/* MIT|'                  'the first line is not'
plant 'a header with another name'    $toy '3s|toy|play|'                   'the third line is not'
plant 'no Needs line'                 $toy '/^ \* Needs/d'                  'the manual has no `Needs:`'
plant 'Needs forgets a header'        $toy 's|^\( \* Needs:.*\) core/atomics.h|\1|' '`Needs:` does not name it'
plant 'Needs names one too many'      $toy 's|^ \* Needs:|& core/park.h|'   'core/park.h, which is not included'
plant 'a section left out'            $toy '/^ \* MEMORY/d'                 'the manual has no section MEMORY'
plant 'sections out of order'         $toy \
    's|^ \* PARAMETERS|XX|; s|^ \* SOURCE|& PARAMETERS|; s|^ \* MEMORY| * SOURCE|' \
                                           'the manual has PROGRESS after SOURCE'
plant 'a section twice'               $toy 's|^ \* TOGETHER|XX|; s|^ \* MEMORY|&\n&|' 'the manual has MEMORY twice'

# layers, names, macros
plant 'an arrow that points up'       include/loft/core/base.h 's|#define LOFT_CAT|#include "../queue/toy.h"\n&|' \
                                           'core/ may not include queue/'
plant 'a sibling family'              $toy 's|"../core/base.h"|"../stack/pile.h"|' 'queue/ may not include stack/'
plant 'a header that is not there'    $toy 's|"../core/base.h"|"../core/bass.h"|' 'which is not there'
plant 'an absolute include'           $toy 's|"../core/base.h"|<loft/core/base.h>|' 'by its relative path'
plant 'an atomic name of C'           $toy 's|size_t seen = loft_load(&q->mine|atomic_fetch_add(\&q->tail, 1); &|
                                            s|^    seen = loft_load(&q->mine|    atomic_init(\&q->x, 1);\n&|' \
                                           'names an atomic operation'
plant 'an atomic name of C++'         $toy 's|^#define LOFT_QUEUE_FN|static std::atomic<int> x;\n&|' \
                                           'names an atomic operation'
plant 'a builtin'                     $toy 's|^#define LOFT_QUEUE_FN|int y = __sync_add_and_fetch(x, 1);\n&|' \
                                           'names an atomic operation'
plant 'another builtin'               $toy 's|^#define LOFT_QUEUE_FN|int y = __atomic_load_n(x, 5);\n&|' \
                                           'names an atomic operation'
plant 'the header of atomics'         $toy 's|^#define LOFT_QUEUE_FN|#include <stdatomic.h>\n&|' \
                                           'names an atomic operation'
plant 'a macro of its own left over'  $toy '/^#undef LOFT_QUEUE_FN/d'       'LOFT_QUEUE_FN is not #undef-ed'
plant 'a parameter left over'         $toy '/^#undef LOFT_QUEUE_NAME/d'     'LOFT_QUEUE_NAME is not #undef-ed'
plant 'one of its machinery'          $toy '/^#include "wheel/d'             'LOFT_QUEUE_GEAR_ is not #undef-ed'
plant 'machinery that is not its own' $toy '/^#undef LOFT_QUEUE_WHEEL_H/d'  'LOFT_QUEUE_GEAR_ is not #undef-ed'
plant 'an #undef that comes too soon' $toy \
    '/^#undef LOFT_QUEUE_FN/d; s|^#define LOFT_QUEUE_FN|#undef LOFT_QUEUE_FN\n&|' \
                                           'LOFT_QUEUE_FN is not #undef-ed'

# the shape of text
long=$(printf '%0121d' 0)
plant 'a line of 121 columns'         $toy "s|^#undef LOFT_QUEUE_FN|/* $long */\n&|" '120 are the limit'
plant 'a tab'                         $toy 's|^    seen|\tseen|'            'a tab'
plant 'blanks at the end'             $toy 's|^#undef LOFT_QUEUE_FN|& |'    'blanks at the end'
plant 'a carriage return'             $toy 's|^#undef LOFT_QUEUE_FN|&\r|'   'a carriage return'
plant 'an unfinished mark'            $toy 's|a hint|TO''DO|'               'an unfinished mark'
plant 'another unfinished mark'       README.md 's|A tree|FIX''ME|'         'an unfinished mark'
plant 'a path of one machine'         README.md 's|A tree|see /hom''e/me/x|' 'a path of one machine'

cp -r "$clean" "$tmp/extra"
echo 'int x;' >"$tmp/extra/include/loft/queue/bare.c"
printf 'no newline' >"$tmp/extra/end.md"
sh tests/tools/lint.sh "$tmp/extra" >"$tmp/log" 2>&1
grep -q 'bare.c:1: no SPDX' "$tmp/log"
tap $? 'slip: a source file without an SPDX line' "$tmp/log"
grep -q 'end.md: no newline at the end' "$tmp/log"
tap $? 'slip: no newline at the end of a file' "$tmp/log"
tap_done
