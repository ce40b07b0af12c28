/* SPDX-License-Identifier: MIT
 *
 * tests/core/explore/dwcas.c - what dwcas.h promises of pairs, in every execution that C11 allows.
 */
#include <loft/check/explore.h>

#include <loft/core/dwcas.h>

static loft_dwatomic pair;
static loft_dwatomic second;
static unsigned news;
static loft_dw seen[2];

static void
begin(void)
{
    loft_dw_init(&pair, loft_dw_of(0, 0));
    loft_dw_init(&second, loft_dw_of(0, 0));
    loft_plain_write(&news, 0u);
}

static bool
whole(loft_dw v)
{
    return v.lo == v.hi;
}

/* ---- both words at once ------------------------------------------------------------------------------------------ */

/* Both words count, from a guess that may be torn. */
static void
counts(int thread)
{
    (void)thread;
    loft_dw was = loft_dw_peek(&pair, relaxed);          /* counts:A relaxed: the compare-exchange checks it */
    while (!loft_dw_cas(&pair, &was, loft_dw_of(was.lo + 1, was.hi + 1), relaxed, relaxed))  /* counts:B relaxed: a
                                                            counter */
        loft_explore_check(whole(was));                  /* what a failure brings has been there */
}

static void
counts_twice(int thread)
{
    counts(thread);
    counts(thread);
}

static void
loads(int thread)
{
    (void)thread;
    const loft_dw first = loft_dw_load(&pair, relaxed);  /* loads:A relaxed: whole is what counts */
    const loft_dw then = loft_dw_load(&pair, relaxed);   /* loads:B relaxed: and not older */
    loft_explore_check(whole(first) && whole(then) && first.lo <= then.lo);
}

static void
peeks(int thread)
{
    (void)thread;
    seen[0] = loft_dw_peek(&pair, relaxed);              /* peeks:A relaxed: torn is what is looked for */
}

static void four_were_counted(void) { loft_explore_check(loft_dw_load(&pair, relaxed).lo == 4); }

static void
how_torn(void)
{
    loft_explore_outcome((uint64_t)(seen[0].lo * 3 + seen[0].hi));
}

/* Two words, each as it was at some time: either may be the newer one. */
static const uint64_t peeked[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };

static void
exchanges(int thread)
{
    const uintptr_t v = (uintptr_t)thread + 1;
    seen[thread] = loft_dw_exchange(&pair, loft_dw_of(v, v), relaxed);  /* exchanges:A relaxed: one before the other */
}

/* One of the two came first, and the other found what it had left. */
static void
one_was_first(void)
{
    const loft_dw left = loft_dw_load(&pair, relaxed);
    loft_explore_check(whole(seen[0]) && whole(seen[1]) && whole(left));
    loft_explore_check(seen[0].lo == 0 ? seen[1].lo == 1 && left.lo == 2 : seen[0].lo == 2 && seen[1].lo == 0);
}

/* ---- one word of the two ----------------------------------------------------------------------------------------- */

/* hi alone: nobody's step of the pair is undone, and nobody's fails for lo. */
static void
counts_hi(int thread)
{
    (void)thread;
    uintptr_t was = loft_dw_peek_hi(&pair, relaxed);     /* counts_hi:A relaxed: the compare-exchange checks it */
    while (!loft_dw_cas_hi(&pair, &was, was + 1, relaxed, relaxed))   /* counts_hi:B relaxed: a counter */
        ;
}

static void
counts_hi_twice(int thread)
{
    counts_hi(thread);
    counts_hi(thread);
}

static void
counts_lo(int thread)
{
    (void)thread;
    for (int i = 0; i < 2; i++) {
        loft_dw was = loft_dw_peek(&pair, relaxed);      /* counts_lo:A relaxed: the compare-exchange checks it */
        while (!loft_dw_cas(&pair, &was, loft_dw_of(was.lo + 1, was.hi), relaxed, relaxed))   /* counts_lo:B relaxed: a
                                                            counter */
            ;
    }
}

static void
once_hi(int thread)
{
    uintptr_t was = 0;
    (void)thread;
    loft_explore_check(loft_dw_cas_hi(&pair, &was, 1, relaxed, relaxed));   /* once_hi:A relaxed: lo is not asked */
}

static void
each_word_counts(void)
{
    const loft_dw v = loft_dw_load(&pair, relaxed);
    loft_explore_check(v.lo == 2 && v.hi == 2);
}

static void
hi_is_one(void)
{
    const loft_dw v = loft_dw_load(&pair, relaxed);
    loft_explore_check(v.lo == 2 && v.hi == 1);
}

static void
tells_by_word(int thread)
{
    uintptr_t was = 0;
    (void)thread;
    loft_plain_write(&news, 7u);
    loft_explore_check(loft_dw_cas_hi(&pair, &was, 1, release, relaxed));   /* tells_by_word:A release -> hears_hi:A,
                                                            guesses:A, takes_hi:A, takes_hi:B */
}

static void
hears_hi(int thread)
{
    (void)thread;
    if (loft_dw_peek_hi(&pair, acquire) == 1)            /* hears_hi:A acquire <- tells_by_word:A, tells_by_cas:A */
        loft_explore_check(loft_plain_read(&news) == 7);
}

static void
takes_hi(int thread)
{
    uintptr_t was = 1;
    (void)thread;
    if (loft_dw_cas_hi(&pair, &was, 2, acquire, relaxed))   /* takes_hi:A acquire <- tells_by_word:A, tells_by_cas:A */
        loft_explore_check(loft_plain_read(&news) == 7);
    was = 9;
    if (!loft_dw_cas_hi(&pair, &was, 2, relaxed, acquire) && was == 1)   /* takes_hi:B acquire <- tells_by_word:A,
                                                            tells_by_cas:A */
        loft_explore_check(loft_plain_read(&news) == 7);
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

static void
tells(int thread)
{
    (void)thread;
    loft_plain_write(&news, 7u);
    loft_dw_store(&pair, loft_dw_of(1, 1), release);     /* tells:A release -> hears:A, guesses:A, takes:A, takes:B */
}

static void
tells_by_cas(int thread)
{
    loft_dw was = loft_dw_of(0, 0);
    (void)thread;
    loft_plain_write(&news, 7u);
    loft_explore_check(loft_dw_cas(&pair, &was, loft_dw_of(1, 1), release, relaxed));  /* tells_by_cas:A release ->
                                                            hears:A, guesses:A, takes:A, takes:B, hears_hi:A,
                                                            takes_hi:A, takes_hi:B */
}

static void
hears(int thread)
{
    (void)thread;
    if (loft_dw_load(&pair, acquire).lo == 1)            /* hears:A acquire <- tells:A, tells_by_cas:A */
        loft_explore_check(loft_plain_read(&news) == 7);
}

/* Either word of a peek will do. */
static void
guesses(int thread)
{
    (void)thread;
    const loft_dw v = loft_dw_peek(&pair, acquire);      /* guesses:A acquire <- tells:A, tells_by_cas:A,
                                                            tells_by_word:A */
    if (v.lo == 1 || v.hi == 1)
        loft_explore_check(loft_plain_read(&news) == 7);
}

static void
takes(int thread)
{
    loft_dw was = loft_dw_of(1, 1);
    (void)thread;
    if (loft_dw_cas(&pair, &was, loft_dw_of(2, 2), acquire, relaxed))  /* takes:A acquire <- tells:A, tells_by_cas:A */
        loft_explore_check(loft_plain_read(&news) == 7);
}

/* A failure has an order of its own. */
static void
fails(int thread)
{
    loft_dw was = loft_dw_of(9, 9);
    (void)thread;
    if (!loft_dw_cas(&pair, &was, loft_dw_of(2, 2), relaxed, acquire) && was.lo == 1)  /* takes:B acquire <- tells:A,
                                                            tells_by_cas:A */
        loft_explore_check(loft_plain_read(&news) == 7);
}

/* One of two that write here and read there sees the other. */
static void
writes_first(int thread)
{
    (void)thread;
    loft_dw_store(&pair, loft_dw_of(1, 1), seq_cst);     /* writes_first:A seq_cst <-> writes_second:B */
    seen[0] = loft_dw_load(&second, seq_cst);            /* writes_first:B seq_cst <-> writes_second:A */
}

static void
writes_second(int thread)
{
    (void)thread;
    loft_dw_store(&second, loft_dw_of(1, 1), seq_cst);   /* writes_second:A seq_cst <-> writes_first:B */
    seen[1] = loft_dw_load(&pair, seq_cst);              /* writes_second:B seq_cst <-> writes_first:A */
}

static void
who_saw(void)
{
    loft_explore_outcome((uint64_t)(seen[0].lo * 2 + seen[1].lo));
}

static const uint64_t one_sees[] = { 1, 2, 3 };

/* ---- a stack whose top carries a tag ----------------------------------------------------------------------------- */

enum { NODES = 2 };
static LOFT_ATOMIC(uintptr_t) below[NODES + 1];          /* node i lies on node below[i]; 0: none */
static unsigned held[NODES + 1];                         /* a node is one thread's at a time      */

static void
begin_stack(void)
{
    loft_dw_init(&pair, loft_dw_of(1, 0));
    for (uintptr_t i = 0; i <= NODES; i++) {
        loft_init(&below[i], i == 0 || i == NODES ? (uintptr_t)0 : i + 1);
        loft_plain_write(&held[i], 0u);
    }
}

static uintptr_t
stack_pop(void)
{
    loft_dw top = loft_dw_peek(&pair, acquire);          /* stack_pop:A acquire <- stack_push:C: the node is whole */
    while (top.lo != 0) {
        const uintptr_t n = loft_load(&below[top.lo], relaxed);  /* stack_pop:B relaxed: the tag checks it */
        const uintptr_t i = top.lo;
        if (loft_dw_cas(&pair, &top, loft_dw_of(n, top.hi + 1), acquire, acquire)) {  /* stack_pop:C acquire <-
                                                            stack_push:C: the node is ours, with what was in it */
            loft_plain_write(&held[i], loft_plain_read(&held[i]) + 1);
            return i;
        }
    }
    return 0;
}

static void
stack_push(uintptr_t i)
{
    loft_dw top = loft_dw_peek(&pair, relaxed);          /* stack_push:A relaxed: the compare-exchange checks it */
    do
        loft_store(&below[i], top.lo, relaxed);          /* stack_push:B relaxed: C publishes it */
    while (!loft_dw_cas(&pair, &top, loft_dw_of(i, top.hi + 1), release, relaxed));  /* stack_push:C release ->
                                                            stack_pop:A, stack_pop:C: the node is whole */
}

/* Takes both, gives the first back: who has seen the first one on top in the meantime must not believe that the second
 * one still lies under it. */
static void
shuffles(int thread)
{
    (void)thread;
    const uintptr_t first = stack_pop();
    const uintptr_t then = stack_pop();
    if (first)
        stack_push(first);
    (void)then;
}

static void
pops(int thread)
{
    (void)thread;
    const uintptr_t i = stack_pop();
    if (i)
        stack_push(i);
}

/* No node lies there twice. */
static void
each_once(void)
{
    unsigned n = 0;
    for (uintptr_t i = loft_dw_load(&pair, relaxed).lo; i != 0; i = loft_load(&below[i], relaxed))
        loft_explore_check(i <= NODES && ++n <= NODES);
    loft_explore_check(n >= 1);
}

static const loft_explore_client clients[] = {
    { .name = "both words count", .setup = begin, .thread = { counts_twice, counts_twice },
      .finish = four_were_counted },
    { .name = "a load is whole", .setup = begin, .thread = { counts_twice, loads } },
    { .name = "a peek is torn", .setup = begin, .thread = { counts_twice, peeks }, .finish = how_torn,
      .outcomes = peeked, .n_outcomes = sizeof peeked / sizeof peeked[0] },
    { .name = "exchange", .setup = begin, .thread = { exchanges, exchanges }, .finish = one_was_first },
    { .name = "store and load", .setup = begin, .thread = { tells, hears } },
    { .name = "store and peek", .setup = begin, .thread = { tells, guesses } },
    { .name = "store and cas", .setup = begin, .thread = { tells, takes } },
    { .name = "store and a cas that fails", .setup = begin, .thread = { tells, fails } },
    { .name = "cas and load", .setup = begin, .thread = { tells_by_cas, hears } },
    { .name = "cas and peek", .setup = begin, .thread = { tells_by_cas, guesses } },
    { .name = "cas and cas", .setup = begin, .thread = { tells_by_cas, takes } },
    { .name = "one sees the other", .setup = begin, .thread = { writes_first, writes_second }, .finish = who_saw,
      .outcomes = one_sees, .n_outcomes = 3 },
    { .name = "one word counts", .setup = begin, .thread = { counts_hi_twice, counts_lo },
      .finish = each_word_counts },
    { .name = "one word, whatever the other", .setup = begin, .thread = { once_hi, counts_lo },
      .finish = hi_is_one },
    { .name = "one word and peek", .setup = begin, .thread = { tells_by_word, hears_hi } },
    { .name = "one word and peek of both", .setup = begin, .thread = { tells_by_word, guesses } },
    { .name = "cas and peek of one word", .setup = begin, .thread = { tells_by_cas, hears_hi } },
    { .name = "one word and one word", .setup = begin, .thread = { tells_by_word, takes_hi } },
    { .name = "cas and one word", .setup = begin, .thread = { tells_by_cas, takes_hi } },
    { .name = "a stack with a tag", .setup = begin_stack, .thread = { shuffles, pops }, .finish = each_once },
};

int
main(int argc, char **argv)
{
    return loft_explore_main(clients, sizeof clients / sizeof clients[0], argc, argv);
}
