/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/two_peer.h - what each of the files does with the queues; TWO_PEER_GET is the name of what it
 * offers the others.
 */
#include "two.h"

/* The pairs come last, so that a machine without them has all the others. */
static int peer_kinds(void) { return TEST_PAIRS && loft_dw_supported() ? TWO_KINDS : TWO_KINDS - 1; }

static bool
peer_push(struct two_queues *t, int which, struct job *j)
{
#if TEST_PAIRS
    if (which == 3)
        return two_pair_try_push(&t->pair, j);
#endif
    return which == 0 ? two_ring_try_push(&t->ring, *j)
         : which == 1 ? two_word_try_push(&t->word, j)
         : two_scq_try_push(&t->scq, *j);
}

static void
peer_close(struct two_queues *t)
{
    two_ring_close(&t->ring);
    two_word_close(&t->word);
    two_scq_close(&t->scq);
#if TEST_PAIRS
    if (peer_kinds() == TWO_KINDS)
        two_pair_close(&t->pair);
#endif
}

static bool
peer_closed(const struct two_queues *t)
{
#if TEST_PAIRS
    if (peer_kinds() == TWO_KINDS && !two_pair_is_closed(&t->pair))
        return false;
#endif
    return two_ring_is_closed(&t->ring) && two_word_is_closed(&t->word) && two_scq_is_closed(&t->scq);
}

static size_t
peer_drain(struct two_queues *t, uint64_t *sum)
{
    struct job j;
    struct job *p;
    size_t n = 0;
    for (; two_ring_try_pop(&t->ring, &j); n++)
        *sum += j.id + (j.check != ~j.id);
    for (; two_word_try_pop(&t->word, &p); n++)
        *sum += p->id + (p->check != ~p->id);
    for (; two_scq_try_pop(&t->scq, &j); n++)
        *sum += j.id + (j.check != ~j.id);
#if TEST_PAIRS
    for (; peer_kinds() == TWO_KINDS && two_pair_try_pop(&t->pair, &p); n++)
        *sum += p->id + (p->check != ~p->id);
#endif
    return n;
}

static loft_status
peer_init(struct two_queues *t, size_t capacity)
{
    const loft_status a = two_ring_init(&t->ring, capacity);
    const loft_status b = two_word_init(&t->word, capacity);
    const loft_status c = two_scq_init(&t->scq, capacity);
#if TEST_PAIRS
    if (peer_kinds() == TWO_KINDS) {
        const loft_status d = two_pair_init(&t->pair, capacity);
        if (d != LOFT_OK)
            return d;
    }
#endif
    return a != LOFT_OK ? a : b != LOFT_OK ? b : c;
}

static void
peer_fini(struct two_queues *t)
{
    two_ring_fini(&t->ring);
    two_word_fini(&t->word);
    two_scq_fini(&t->scq);
#if TEST_PAIRS
    if (peer_kinds() == TWO_KINDS)
        two_pair_fini(&t->pair);
#endif
}

void
TWO_PEER_GET(struct two_peer *p)
{
    p->size[0] = sizeof(two_ring);
    p->size[1] = sizeof(two_word);
    p->size[2] = sizeof(two_scq);
#if TEST_PAIRS
    p->size[3] = sizeof(two_pair);
#else
    p->size[3] = 0;
#endif
    p->slot = sizeof(two_word_slot);
    p->kinds = peer_kinds();
    p->push = peer_push;
    p->close = peer_close;
    p->closed = peer_closed;
    p->drain = peer_drain;
    p->init = peer_init;
    p->fini = peer_fini;
}
