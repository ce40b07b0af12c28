#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_explore_test.sh - the way from a header to a verdict on trial: a small header and a client of it, in
# a tree of their own, through build.sh, the explorer, tap.sh and check_mutate.sh. As they are they pass; with a slip in
# the header the program fails and shows it, and an order that no client needs stops make mutate.
set -u
. tests/tools/params.sh
scratch explore-test
if ! printf '#if !defined(__LP64__) || !(defined(__x86_64__) || defined(__aarch64__))\n#error\n#endif\n' |
    $CC -E -x c - >/dev/null 2>&1; then
    tap_skip 'the tools of the explorer' 'no explorer for this target'
    tap_done
    exit 0
fi
mkdir -p "$tmp/tests/queue/explore" "$tmp/include/loft/queue" "$tmp/docs/queue"
cp -r tests/tools "$tmp/tests/"
cp -r include/loft/core include/loft/check "$tmp/include/loft/"
cd "$tmp" || exit 1
OPT=-O1 SAN= LINK= RESULTS=build/results LIMIT=60 JOBS=2 V= EXPLORERS=build MUTATE_TIME=4
export OPT SAN LINK RESULTS LIMIT JOBS V EXPLORERS MUTATE_TIME
unset RUN PROGRESS LOFT_EXPLORE_SCALE
program=build/queue/explore/toy
echo '# toy' >docs/queue/toy.md

cat >toy.good <<'END'
#include "../core/atomics.h"
static inline void
give(LOFT_ATOMIC(int) *flag)
{
    loft_store(flag, 1, release);                        /* give:A release -> take:A: what was written before */
}
static inline int
take(LOFT_ATOMIC(int) *flag)
{
    return loft_load(flag, acquire);                     /* take:A acquire <- give:A: what was written before */
}
END
cat >tests/queue/explore/toy.c <<'END'
#include <loft/check/explore.h>
#include <loft/queue/toy.h>
static int data;
static LOFT_ATOMIC(int) flag;
static void setup(void)   { loft_init(&flag, 0); }
static void giver(int i)  { (void)i; loft_plain_write(&data, 42); give(&flag); }
static void taker(int i)  { (void)i; if (take(&flag)) loft_explore_check(loft_plain_read(&data) == 42); }
static void looker(int i) { (void)i; loft_explore_check(take(&flag) <= 1); }
static const loft_explore_client clients[] = {
    { .name = "a look", .setup = setup, .thread = { giver, looker } },
    { .name = "handed over", .setup = setup, .thread = { giver, taker } },
    { .name = "once or all", .setup = setup, .thread = { giver, taker }, .executions = 1, .flags = LOFT_EXPLORE_ALL },
};
int main(int argc, char **argv) { return loft_explore_main(clients, CLIENTS, argc, argv); }
END
build()     # build SED-SCRIPT CLIENTS
{
    sed "$1" toy.good >include/loft/queue/toy.h
    CWARN="$CWARN -DCLIENTS=$2" sh tests/tools/build.sh c11 tests/queue/explore/toy.c $program >log 2>&1
}
explored()  # explored 'PASSED FAILED SKIPPED' WHAT [TEXT...]
{
    sh tests/tools/tap.sh $program >said
    [ "$(cut -d ' ' -f 1-3 <build/results/queue_explore_toy.count)" = "$1" ]
    verdict=$?
    what=$2
    shift 2
    says said "$@" || verdict=1
    tap $verdict "$what" said
}
mutated()   # mutated STATUS WHAT [TEXT...]
{
    sh tests/tools/check_mutate.sh queue/toy >said 2>/dev/null
    good=$(grep -q '^not ok' said; echo $((1 - $?)))
    [ "$good" = "$1" ]
    verdict=$?
    what=$2
    shift 2
    says said "$@" || verdict=1
    tap $verdict "$what" said
}

build '' 2
explored '2 0 0' 'a header that is right passes to the end' 'handed over: exhaustive'
LOFT_EXPLORE_SCALE=100
export LOFT_EXPLORE_SCALE
build '' 3
explored '3 0 0' 'where all executions are asked for, a random client that allows it is searched to the end' \
    'once or all: exhaustive, 2 executions'
LOFT_EXPLORE_SCALE=99
explored '3 0 0' 'elsewhere it is not' 'once or all: random, 1 distinct'
unset LOFT_EXPLORE_SCALE
explored '3 0 0' 'nor where nothing is asked for' 'once or all: random, 1 distinct'
build '' 2
mutated 0 'and both of its orders are needed' 'give:A release->relaxed: killed (toy: handed over' \
    'take:A acquire->relaxed: killed (toy: handed over' '2 of 2 killed'
build 's/1, release/1, relaxed/' 2
explored '1 1 0' 'a header with a slip fails' 'not ok 2 - handed over: a data race' 'give:A' '--replay'
replay=$(sed -n "s/.* --replay \([^ ]*\).*/\1/p" said)
$program --client 'handed over' --replay "$replay" >said
[ $? = 1 ] && grep -q '^not ok 1 - handed over: a data race' said
tap $? 'the string of choices brings the failure back' said
SEED=7 SHARE=400 sh tests/tools/check_explore.sh $program=2 >said
grep -q '^not ok 1 - handed over: a data race .*(random, seed 7)' said && grep -q '^not ok 2 .*(pct, seed 7)' said
tap $? 'random searches find it, and say from which seed' said
SEED=7 SHARE=400 sh tests/tools/check_explore.sh $program=1 >said
[ "$(grep -c '^ok . - a look: .* executions' said)" = 2 ]
tap $? 'random searches that find nothing are no failure' said
mutated 1 'mutation of a header that fails as it is says so' 'not ok 2 - toy: handed over, with every order as it is'
build '' 1
explored '1 0 0' 'a client that looks at too little passes'
mutated 1 'but the orders that it does not need survive' 'give:A release->relaxed: SURVIVED' \
    'take:A acquire->relaxed: SURVIVED (1 clients, 1 of them to the end)' '0 of 2 killed'
printf '## Orders no client can tell apart\n\n| give:A release->relaxed | a plan |\n' >docs/queue/toy.md
mutated 1 'a survivor that the page lists may, the other may not' \
    'give:A release->relaxed: SURVIVED (1 clients, 1 of them to the end; as docs/queue/toy.md says)' \
    'take:A acquire->relaxed: SURVIVED (1 clients, 1 of them to the end)'
build '' 2
mutated 1 'a listed order that is needed after all' 'but docs/queue/toy.md lists it'
tap_done
