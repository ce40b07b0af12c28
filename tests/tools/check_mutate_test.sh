#!/bin/sh
# SPDX-License-Identifier: MIT
#
# tests/tools/check_mutate_test.sh - check_mutate.sh on trial, in a small tree of its own. The program is a stand-in
# that reaches the places in `sites` and fails at those in `kills`, so that it is known what must come out.
set -u
. tests/tools/params.sh
scratch mutate-test
mkdir -p "$tmp/tests/queue/explore" "$tmp/include/loft/queue" "$tmp/docs/queue" "$tmp/built/queue/explore"
cp -r tests/tools "$tmp/tests/"
cd "$tmp" || exit 1
EXPLORERS=$(pwd)/built JOBS=2 MUTATE_TIME=4
export EXPLORERS JOBS MUTATE_TIME

# All kinds of accesses, one of each.
cat >include/loft/queue/toy_ring.h <<'END'
/* machinery of toy.h and toy_two.h */
static void ring(int *p, int *e)
{
    loft_exchange(p, 1, acq_rel);                        /* ring:A acq_rel <- ring:A -> ring:A: why */
    loft_fetch_or(p, 1, seq_cst);                        /* ring:B seq_cst <-> ring:B: why */
}
END
cat >include/loft/queue/toy.h <<'END'
#include "toy_ring.h"
static void f(int *p, int *e)
{
    loft_load(p, seq_cst);                               /* f:A seq_cst <-> f:A: why */
    loft_load(p, acquire);                               /* f:B acquire <- f:D: why */
    loft_load(p, relaxed);                               /* f:C relaxed: why */
    loft_store(p, 1, release);                           /* f:D release -> f:B: why */
    loft_cas_weak(p, e,
                  1, acq_rel, acquire);                  /* f:E acq_rel/acquire <- f:D -> f:B: why */
    loft_fence(seq_cst);                                 /* f:F seq_cst <-> f:F: why */
    loft_fence(acq_rel);                                 /* f:G acq_rel <- f:D -> f:B: why */
    loft_signal_fence(seq_cst);                          /* f:H seq_cst <-> f:H: why */
}
END
sed 's/static void f/static void g/' include/loft/queue/toy.h >include/loft/queue/toy_two.h
: >tests/queue/explore/toy_small.c
: >tests/queue/explore/toy_two.c
: >docs/queue/toy_two.md
h=include/loft/queue/toy.h ring=include/loft/queue/toy_ring.h
cat >sites.all <<END
# site include/loft/queue/toy.h:4:0 seq_cst 9
# site $h:5:0 acquire 9
# site $h:6:0 relaxed 9
# site $h:7:0 release 9
# site $h:9:0 acq_rel 9
# site $h:9:1 acquire 9
# site include/loft/stack/../queue/toy.h:10:0 seq_cst 9
# site $h:11:0 acq_rel 9
# site $ring:4:0 acq_rel 9
# site $ring:5:0 seq_cst 9
END
cat >all <<END
f:A seq_cst->acquire
f:B acquire->relaxed
f:D release->relaxed
f:E acq_rel->acquire
f:E acq_rel->release
f:E acquire->relaxed on failure
f:F seq_cst->acq_rel
f:F seq_cst->relaxed
f:G acq_rel->acquire
f:G acq_rel->release
f:G acq_rel->relaxed
toy_ring/ring:A acq_rel->acquire
toy_ring/ring:A acq_rel->release
toy_ring/ring:B seq_cst->acq_rel
END
cat >built/queue/explore/toy_small <<'END'
#!/bin/sh
# what it was built of: include/loft/queue/toy.h
place= time= client=
while [ $# -gt 0 ]; do
    case $1 in
    --list)   printf 'first\nsecond one\n'; exit 0 ;;
    --sites)  cat sites ;;
    --client) client=$2 ;;
    --weaken) place=$2 ;;
    --time)   time=$2 ;;
    esac
    shift
done
[ "$client" = 'second one' ] || { echo "ok 1 - $client: exhaustive, 7 executions, 0.1 s"; echo 1..1; exit 0; }
[ "$place" != "$(cat crash)" ] || kill -SEGV $$
[ "$place" != "$(cat usage)" ] || exit 2
if grep -qxF "$place" kills || { [ "${time%.*}" -ge 1 ] && grep -qxF "$place" patient; }; then
    echo "not ok 1 - $client: ASSERT after 312 executions, 0.1 s"
    echo 1..1
    exit 1
fi
echo "ok 1 - $client: random, cut short, 1000 executions"
echo 1..1
END
# One that has nothing of the module, and would fail if it were tried.
: >tests/queue/explore/toy_none.c
printf '#!/bin/sh\necho "not ok 1 - none: ASSERT after 1 executions, 0.1 s"\nexit 1\n' >built/queue/explore/toy_none
chmod +x built/queue/explore/toy_small built/queue/explore/toy_none

fresh()
{
    cp sites.all sites
    sed -n 's/^# site [^ ]*\(toy[_a-z]*\.h:[0-9]*:[0-9]\) .*/include\/loft\/queue\/\1/p' sites | while read -r p; do
        for o in acq_rel acquire release relaxed; do echo "$p=$o"; done
    done >kills
    # What stands there is no weakening of it.
    grep -vxF -e "$h:5:0=acquire" -e "$h:6:0=relaxed" -e "$h:7:0=release" -e "$h:9:0=acq_rel" -e "$h:9:1=acquire" \
        -e "$h:11:0=acq_rel" -e "$ring:4:0=acq_rel" kills >kills.new
    mv kills.new kills
    : >patient
    : >crash
    : >usage
    printf '# toy\n' >docs/queue/toy.md
}
row()       # row TEXT...: a page that lists these
{
    printf '# toy\n\n| f:A seq_cst->acquire | under another heading |\n\n## Orders no client can tell apart\n\n' \
        >docs/queue/toy.md
    printf '| order | why |\n|---|---|\n' >>docs/queue/toy.md
    printf '| %s | because |\n' "$@" >>docs/queue/toy.md
    printf '\n## Platform\n\n| f:B acquire->relaxed | under another heading |\n' >>docs/queue/toy.md
}
outcome()   # outcome STATUS WHAT [TEXT...]: it passes (0) or fails (1), and says each of these
{
    sh tests/tools/check_mutate.sh queue/toy >said 2>seen
    bad=$(grep -c '^not ok' said)
    good=$([ "$bad" -gt 0 ]; echo $((1 - $?)))
    [ "$good" = "$1" ]
    verdict=$?
    what=$2
    shift 2
    says said "$@" || verdict=1
    tap $verdict "$what" said
}

fresh
outcome 0 'every mutant killed' '# score queue/toy: 14 of 14 killed, 0 no client can tell apart' ': 100 %' \
    'f:E acquire->relaxed on failure: killed (toy_small: second one, 312 executions)'
sed -n 's/^ok [0-9]* - \([^ ]* [a-z_]*->[a-z_]*\( on failure\)*\): .*/\1/p' said | cmp -s - all
tap $? 'each order is weakened by one step, and by every such step' said
grep -q '^  f:D release->relaxed  *killed (toy_small: second one, 312 executions)' seen
tap $? 'who waits sees each of them' seen

sed -i "\\|^$h:7:0=relaxed|d" kills
outcome 1 'a mutant survives' 'f:D release->relaxed: SURVIVED (2 clients, 1 of them to the end)' \
    '13 of 14 killed, 0 no client can tell apart, 1 survived, 0 not reached: 92 %'
echo "$h:7:0=relaxed" >patient
outcome 0 'a mutant is killed by a longer search only' 'f:D release->relaxed: killed'
: >patient
row 'f:D release->relaxed' '`toy_ring/ring:B seq_cst->acq_rel`'
sed -i "\\|^$ring:5:0|d" kills
outcome 0 'survivors that the page lists' 'SURVIVED (2 clients, 1 of them to the end; as docs/queue/toy.md says)' \
    '12 of 12 killed, 2 no client can tell apart, 0 survived, 0 not reached: 100 %'
row 'f:D acquire->relaxed' 'toy_ring/ring:B seq_cst->acq_rel'
outcome 1 'a row that is no weakening of an order that is there' '# f:D acquire->relaxed' 'SURVIVED'

fresh
row 'f:D release->relaxed'
outcome 1 'a mutant is killed although the page says that nobody can' 'f:D release->relaxed: killed' \
    'but docs/queue/toy.md lists it'

fresh
sed -i '/toy.h:7:0/d; /toy_ring.h:5/d' sites
outcome 1 'nobody comes to an access' \
    'f:D release->relaxed: NOT REACHED' 'toy_ring/ring:B seq_cst->acq_rel: NOT REACHED' '0 survived, 2 not reached'
row 'f:D release->relaxed' 'toy_ring/ring:B seq_cst->acq_rel'
outcome 0 'nobody comes to an access, as the page says' 'NOT REACHED (as docs/queue/toy.md says)'

fresh
echo "$h:7:0=relaxed" >crash
outcome 0 'a mutant that crashes is killed' 'f:D release->relaxed: killed (toy_small: second one, signal 11)'
fresh
echo "$h:7:0=relaxed" >usage
outcome 1 'a program that does not know what it is asked' 'f:D release->relaxed: ERROR'
fresh
echo nowhere:0:0=relaxed >>kills
outcome 1 'a client that fails with every order as it is' 'not ok' 'second one, with every order as it is'
fresh
rm built/queue/explore/toy_small
outcome 1 'a program that was not built' 'lists its clients'

rm tests/queue/explore/toy_none.c
# Whose is what: toy.h has a page, toy_two.h has one, toy_ring.h has none.
: >docs/queue/toy.md
: >docs/queue/toy_two.md
: >tests/queue/explore/toy_ring_long.c
: >tests/queue/explore/litmus.c
for m in toy toy_two toy_ring_long litmus; do
    echo "$m: $(echo $(sh tests/tools/explorers.sh sources queue/$m))"
done >said
cat >expected <<END
toy: tests/queue/explore/toy_ring_long.c tests/queue/explore/toy_small.c
toy_two: tests/queue/explore/toy_two.c
toy_ring_long: tests/queue/explore/toy_ring_long.c
litmus: tests/queue/explore/litmus.c
END
cmp -s said expected && [ "$(echo $(sh tests/tools/explorers.sh modules))" = 'queue/toy queue/toy_two' ] &&
    [ "$(sh tests/tools/explorers.sh owner $ring)" = queue/toy ]
tap $? 'a program belongs to the header with the longest name, machinery to the first module made of it' said
tap_done
