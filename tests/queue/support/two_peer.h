/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/two_peer.h - the body of the other file; TWO_PEER_GET is the name of what it offers.
 */
#include "two.h"

static bool
peer_push(two_ring *r, two_word *w, two_scq *s, int which, struct job *j)
{
    return which == 0 ? two_ring_try_push(r, *j) : which == 1 ? two_word_try_push(w, j) : two_scq_try_push(s, *j);
}

static void
peer_close(two_ring *r, two_word *w, two_scq *s)
{
    two_ring_close(r);
    two_word_close(w);
    two_scq_close(s);
}

static size_t
peer_drain(two_ring *r, two_word *w, two_scq *s, uint64_t *sum)
{
    struct job j;
    struct job *p;
    size_t n = 0;
    while (two_ring_try_pop(r, &j)) {
        *sum += j.id + (j.check != ~j.id);
        n++;
    }
    while (two_word_try_pop(w, &p)) {
        *sum += p->id + (p->check != ~p->id);
        n++;
    }
    while (two_scq_try_pop(s, &j)) {
        *sum += j.id + (j.check != ~j.id);
        n++;
    }
    return n;
}

static loft_status
peer_init(two_ring *r, two_word *w, two_scq *s, size_t capacity)
{
    const loft_status a = two_ring_init(r, capacity);
    const loft_status b = two_word_init(w, capacity);
    const loft_status c = two_scq_init(s, capacity);
    return a != LOFT_OK ? a : b != LOFT_OK ? b : c;
}

static void
peer_fini(two_ring *r, two_word *w, two_scq *s)
{
    two_ring_fini(r);
    two_word_fini(w);
    two_scq_fini(s);
}

void
TWO_PEER_GET(struct two_peer *p)
{
    p->size[0] = sizeof(two_ring);
    p->size[1] = sizeof(two_word);
    p->size[2] = sizeof(two_scq);
    p->slot = sizeof(two_word_slot);
    p->push = peer_push;
    p->close = peer_close;
    p->drain = peer_drain;
    p->init = peer_init;
    p->fini = peer_fini;
}
