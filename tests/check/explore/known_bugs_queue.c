/* SPDX-License-Identifier: MIT
 *
 * tests/check/explore/known_bugs_queue.c - what the explorer has to find, and to let pass: queues and a deque.
 *
 * build: c-only
 */
#include "known_bugs.h"

#define LOFT_SCQ_PATIENCE  0                             /* no waiting that only helps speed */
#define LOFT_SCQ_THREADS   4u
#include <loft/queue/scq_ring.h>

/* ---- single-producer single-consumer ring ------------------------------------------------------------------------ */

#define RING_SLOTS  2u

static int ring_slot[RING_SLOTS];
static LOFT_ATOMIC(unsigned) ring_head;
static LOFT_ATOMIC(unsigned) ring_tail;

static void
ring_setup(void)
{
    loft_init(&ring_head, 0u);
    loft_init(&ring_tail, 0u);
}

static void
ring_producer(int i)
{
    (void)i;
    for (int value = 1; value <= 4; value++) {
        const unsigned t = loft_load(&ring_tail, relaxed);       /* ring_push:A relaxed: only this thread writes it */
        if (t - EITHER(3, loft_load(&ring_head, relaxed), loft_load(&ring_head, acquire)) == RING_SLOTS)  /* ring_push:B
                                                                    acquire <- ring_pop:C: drained */
            continue;
        loft_plain_write(&ring_slot[t % RING_SLOTS], value);
        EITHER_DO(1, loft_store(&ring_tail, t + 1u, relaxed), loft_store(&ring_tail, t + 1u, release));  /* ring_push:C
                                                                    release -> ring_pop:B: filled */
    }
}

static void
ring_consumer(int i)
{
    (void)i;
    int last = 0;
    for (int k = 0; k < 4; k++) {
        const unsigned h = loft_load(&ring_head, relaxed);       /* ring_pop:A relaxed: only this thread writes it */
        if (loft_load(&ring_tail, acquire) == h)                 /* ring_pop:B acquire <- ring_push:C: filled */
            continue;
        const int value = loft_plain_read(&ring_slot[h % RING_SLOTS]);
        loft_explore_check(value > last);
        last = value;
        EITHER_DO(2, loft_store(&ring_head, h + 1u, relaxed), loft_store(&ring_head, h + 1u, release));  /* ring_pop:C
                                                                    release -> ring_push:B: drained */
    }
}

/* ---- queue of Michael and Scott 1996 ----------------------------------------------------------------------------- */

typedef struct node {
    LOFT_ATOMIC(struct node *) next;
    int value;
} node;

static LOFT_ATOMIC(node *) ms_head;                              /* a node whose value has been taken */
static LOFT_ATOMIC(node *) ms_tail;                              /* the last node or one before it */
static node *ms_node[3];                                         /* the first, and one for each push; freed by finish */

static void
ms_setup(void)
{
    for (int i = 0; i < 3; i++)
        ms_node[i] = (node *)known_new(sizeof(node));
    loft_init(&ms_node[0]->next, (node *)NULL);
    loft_init(&ms_head, ms_node[0]);
    loft_init(&ms_tail, ms_node[0]);
}

static void
ms_push(node *n, int value)
{
    loft_plain_write(&n->value, value);
    loft_init(&n->next, (node *)NULL);
    for (;;) {
        node *last = loft_load(&ms_tail, acquire);               /* ms_push:A acquire <- ms_push:C, ms_push:E,
                                                                    ms_pop:D */
        node *next = loft_load(&last->next, acquire);            /* ms_push:B acquire <- ms_push:D: the node */
        if (next) {
            loft_cas_strong(&ms_tail, &last, next, release, relaxed);  /* ms_push:C release -> ms_push:A, ms_pop:B */
            continue;
        }
        if (loft_cas_strong(&last->next, &next, n, release, relaxed)) {  /* ms_push:D release -> ms_push:B, ms_pop:C */
            loft_cas_strong(&ms_tail, &last, n, release, relaxed);  /* ms_push:E release -> ms_push:A, ms_pop:B */
            return;
        }
    }
}

/* The value, or 0: empty. The release of E is for the next pop: it gets at the node through head, not through the link
 * that its push has written. */
static int
ms_pop(void)
{
    for (;;) {
        node *first = loft_load(&ms_head, acquire);              /* ms_pop:A acquire <- ms_pop:E: the node */
        node *last = loft_load(&ms_tail, acquire);               /* ms_pop:B acquire <- ms_push:C, ms_push:E,
                                                                    ms_pop:D */
        node *next = loft_load(&first->next, acquire);           /* ms_pop:C acquire <- ms_push:D: the node */
        if (!next)
            return 0;
        if (first == last) {
            loft_cas_strong(&ms_tail, &last, next, release, relaxed);  /* ms_pop:D release -> ms_push:A, ms_pop:B */
            continue;
        }
        const int value = loft_plain_read(&next->value);
        if (EITHER(1, loft_cas_strong(&ms_head, &first, next, acquire, relaxed),
                   loft_cas_strong(&ms_head, &first, next, acq_rel, relaxed)))  /* ms_pop:E acq_rel -> ms_pop:A
                                                                    <- ms_pop:E: the node, for the next */
            return value;
    }
}

static void
ms_push_recorded(int k)
{
    loft_explore_call(LOFT_LINEAR_PUSH, 0, (uint64_t)k);
    ms_push(ms_node[k], k);
    loft_explore_return(true, 0);
}

static void
ms_pop_recorded(void)
{
    loft_explore_call(LOFT_LINEAR_POP, 0, 0);
    const int value = ms_pop();
    loft_explore_return(value != 0, (uint64_t)value);
}

static void
ms_push_pop(int i)
{
    ms_push_recorded(1 + i);
    ms_pop_recorded();
}

static void
ms_push_push(int i)
{
    (void)i;
    ms_push_recorded(1);
    ms_push_recorded(2);
}

static void
ms_pop_once(int i)
{
    (void)i;
    ms_pop_recorded();
}

static void
ms_pop_pop(int i)
{
    (void)i;
    ms_pop_recorded();
    ms_pop_recorded();
}

static void
ms_finish(void)
{
    for (int i = 0; i < 3; i++)
        loft_free(ms_node[i], sizeof(node));
}

/* ---- deque of Chase and Lev, with the fences of Le, Pop, Cohen and Zappa Nardelli 2013 --------------------------- */

#define DEQUE_SLOTS  4

static LOFT_ATOMIC(long) deque_top;
static LOFT_ATOMIC(long) deque_bottom;
static LOFT_ATOMIC(int) deque_slot[DEQUE_SLOTS];
static int deque_got[4];                                         /* two by the owner, two stolen */

static void
deque_setup(void)
{
    loft_init(&deque_top, 0L);
    loft_init(&deque_bottom, 0L);
    for (int i = 0; i < DEQUE_SLOTS; i++)
        loft_init(&deque_slot[i], 0);
}

static void
deque_push(int value)
{
    const long b = loft_load(&deque_bottom, relaxed);            /* deque_push:A relaxed: only the owner writes it */
    loft_store(&deque_slot[b % DEQUE_SLOTS], value, relaxed);    /* deque_push:B relaxed: C carries it */
    EITHER_DO(3, (void)0, loft_fence(release));                  /* deque_push:C release -> deque_steal:C: the value */
    loft_store(&deque_bottom, b + 1, relaxed);                   /* deque_push:D relaxed: C holds it */
}

static int
deque_take(void)
{
    const long b = loft_load(&deque_bottom, relaxed) - 1;        /* deque_take:A relaxed: only the owner writes it */
    loft_store(&deque_bottom, b, relaxed);                       /* deque_take:B relaxed: C puts it before D */
    EITHER_DO(1, (void)0, loft_fence(seq_cst));                  /* deque_take:C seq_cst <-> deque_steal:B */
    long t = loft_load(&deque_top, relaxed);                     /* deque_take:D relaxed: C, or F checks it */
    int value = 0;
    if (t <= b) {
        value = loft_load(&deque_slot[b % DEQUE_SLOTS], relaxed);  /* deque_take:E relaxed: its own */
        if (t < b)
            return value;
        if (!loft_cas_strong(&deque_top, &t, t + 1, seq_cst, relaxed))  /* deque_take:F seq_cst <-> deque_steal:E */
            value = 0;
    }
    loft_store(&deque_bottom, b + 1, relaxed);                   /* deque_take:G relaxed: nothing was added */
    return value;
}

static int
deque_steal(void)
{
    long t = loft_load(&deque_top, acquire);                     /* deque_steal:A acquire <- deque_steal:E */
    EITHER_DO(2, (void)0, loft_fence(seq_cst));                  /* deque_steal:B seq_cst <-> deque_take:C */
    const long b = loft_load(&deque_bottom, acquire);            /* deque_steal:C acquire <- deque_push:C: the value */
    if (t >= b)
        return 0;
    const int value = loft_load(&deque_slot[t % DEQUE_SLOTS], relaxed);  /* deque_steal:D relaxed: C has brought it */
    loft_explore_check(value != 0);
    return loft_cas_strong(&deque_top, &t, t + 1, seq_cst, relaxed) ? value : 0;  /* deque_steal:E seq_cst ->
                                                                    deque_steal:A <-> deque_take:F */
}

static void
deque_owner(int i)
{
    (void)i;
    deque_push(1);
    deque_push(2);
    deque_got[0] = deque_take();
    deque_got[1] = deque_take();
}

static void
deque_thief(int i)
{
    deque_got[i + 1] = deque_steal();
}

/* Nothing comes twice, and nothing is left. */
static void
deque_finish(void)
{
    unsigned times[3] = { 0, 0, 0 };
    for (int i = 0; i < 4; i++)
        times[deque_got[i]]++;
    for (int value; (value = deque_take()) != 0;)
        times[value]++;
    loft_explore_check(times[1] == 1u && times[2] == 1u);
}

/* ---- the threshold of SCQ: Nikolaev 2019 ------------------------------------------------------------------------- */

static loft_scq_ring scq_ring;
static LOFT_ATOMIC(loft_seq) scq_entry[4];
static LOFT_ATOMIC(loft_seq) scq_head;
static LOFT_ATOMIC(loft_seq) scq_tail;

/* Empty, but pops look: a push has been before. */
static void
scq_setup_with(loft_seq_diff chances)
{
    loft_scq_ring_init(&scq_ring, scq_entry, &scq_head, &scq_tail, 1u, false, 0);
    scq_ring.chances = chances;
    loft_explore_check(loft_scq_ring_push(&scq_ring, 0));
    loft_explore_check(loft_scq_ring_pop(&scq_ring) == 0);
}

static void
scq_setup_two(void)
{
    scq_setup_with(EITHER(1, 0, loft_scq_chances_(2)));
}

/* The threshold is n. */
static void
scq_setup_four(void)
{
    scq_setup_with(EITHER(1, 2, loft_scq_chances_(2)));
}

static void
scq_push(size_t index)
{
    loft_explore_call(LOFT_LINEAR_PUSH, 0, index);
    const bool in = loft_scq_ring_push(&scq_ring, index);
    loft_explore_return(in, 0);
}

static void
scq_pop(void)
{
    loft_explore_call(LOFT_LINEAR_POP, 0, 0);
    const size_t got = loft_scq_ring_pop(&scq_ring);
    loft_explore_return(got != LOFT_SCQ_NONE, got);
}

static void
scq_pusher(int i)
{
    (void)i;
    scq_push(0);
}

static void
scq_popper(int i)
{
    (void)i;
    scq_pop();
}

/* With its own index inside, it does not find the ring empty. */
static void
scq_both(int i)
{
    (void)i;
    scq_push(1);
    scq_pop();
}

/* Two pops that have missed before, but have not lowered the threshold, do so after its push; its own pop misses at the
 * ticket of a push that is slow, says empty, and the next one finds the index. */
static void
scq_both_twice(int i)
{
    scq_both(i);
    scq_pop();
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

static const known_algorithm algorithms[] = {
    { .client = { .name = "SPSC ring", .setup = ring_setup, .thread = { ring_producer, ring_consumer } },
      .bug = { { "relaxed publish", LOFT_EXPLORE_RACE, NULL },
               { "relaxed drain", LOFT_EXPLORE_RACE, NULL },
               { "relaxed look at head", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "Michael-Scott queue", .setup = ms_setup,
                  .thread = { ms_push_pop, ms_push_pop, ms_pop_once }, .finish = ms_finish,
                  .model = &loft_linear_queue },
      .bug = { { "acquire head CAS", LOFT_EXPLORE_RACE, NULL } } },
    { .client = { .name = "Michael-Scott queue, in order", .setup = ms_setup,
                  .thread = { ms_push_push, ms_pop_pop }, .finish = ms_finish, .model = &loft_linear_queue } },
    { .client = { .name = "Chase-Lev deque", .setup = deque_setup,
                  .thread = { deque_owner, deque_thief, deque_thief }, .finish = deque_finish },
      .bug = { { "no fence in take", LOFT_EXPLORE_ASSERT, "times" },
               { "no fence in steal", LOFT_EXPLORE_ASSERT, "times" },
               { "no fence in push", LOFT_EXPLORE_ASSERT, "value != 0" } } },
    { .client = { .name = "SCQ ring", .setup = scq_setup_two, .thread = { scq_pusher, scq_both },
                  .model = &loft_linear_queue },
      .uncounted = true,
      .bug = { { "threshold 0", LOFT_EXPLORE_NOT_LINEAR, NULL } } },
    { .client = { .name = "SCQ ring, four threads", .setup = scq_setup_four,
                  .thread = { scq_pusher, scq_both_twice, scq_popper, scq_popper }, .model = &loft_linear_queue,
                  .executions = 20000 },
      .bug = { { "threshold n", LOFT_EXPLORE_NOT_LINEAR, NULL } } },
};

int
main(int argc, char **argv)
{
    return known_main(algorithms, sizeof algorithms / sizeof algorithms[0], argc, argv);
}
