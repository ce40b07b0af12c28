/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/two_main.h - queues that are pushed in one file and popped in another, in both directions, by
 * two threads at once, and begun and ended in either.
 */
#include "../common.h"
#include "two.h"

struct two_run {
    two_ring r;
    two_word w;
    two_scq s;
    const struct two_peer *peer;
    struct job *job;
    size_t n;
    bool peer_pushes;
    uint64_t sum;
    size_t came;
    LOFT_ATOMIC(int) closed;
};

static bool
two_push_here(struct two_run *t, int which, struct job *j)
{
    return which == 0 ? two_ring_try_push(&t->r, *j)
         : which == 1 ? two_word_try_push(&t->w, j)
         : two_scq_try_push(&t->s, *j);
}

static size_t
two_drain_here(struct two_run *t)
{
    struct job j;
    struct job *p;
    size_t n = 0;
    for (; two_ring_try_pop(&t->r, &j); n++)
        t->sum += j.id + (j.check != ~j.id);
    for (; two_word_try_pop(&t->w, &p); n++)
        t->sum += p->id + (p->check != ~p->id);
    for (; two_scq_try_pop(&t->s, &j); n++)
        t->sum += j.id + (j.check != ~j.id);
    return n;
}

static void
two_body(void *arg, int id)
{
    struct two_run *t = (struct two_run *)arg;
    if (id == 0) {
        for (size_t i = 0; i < t->n; i++) {
            for (int which = 0; which < 3; which++)
                while (!(t->peer_pushes ? t->peer->push(&t->r, &t->w, &t->s, which, &t->job[i])
                                        : two_push_here(t, which, &t->job[i])))
                    sched_yield();
        }
        t->peer->close(&t->r, &t->w, &t->s);
        loft_store(&t->closed, 1, release);
    } else {
        for (;;) {
            const bool closed = loft_load(&t->closed, acquire) != 0;
            const size_t got = t->peer_pushes ? two_drain_here(t) : t->peer->drain(&t->r, &t->w, &t->s, &t->sum);
            t->came += got;
            if (got == 0 && closed)
                break;
            if (got == 0)
                sched_yield();
        }
    }
}

static void
two_with(const struct two_peer *peer, const char *name)
{
    const size_t n = (size_t)scaled(30000);
    struct job *job = (struct job *)malloc(n * sizeof *job);
    struct two_run *t = (struct two_run *)malloc(sizeof *t);
    uint64_t sum = 0;
    char text[120];
    if (!job || !t)
        abort();
    for (size_t i = 0; i < n; i++) {
        job[i].id = i * 3 + 1;
        job[i].check = ~job[i].id;
        job[i].name = "job";
        sum += 3 * job[i].id;
    }
    snprintf(text, sizeof text, "%s: both see the same layout", name);
    ok(peer->size[0] == sizeof(two_ring) && peer->size[1] == sizeof(two_word) && peer->size[2] == sizeof(two_scq)
       && peer->slot == sizeof(two_word_slot), text);
    for (int way = 0; way < 4; way++) {
        t->peer = peer;
        t->job = job;
        t->n = n;
        t->peer_pushes = (way & 1) != 0;
        t->sum = 0;
        t->came = 0;
        loft_init(&t->closed, 0);
        const bool begun = way & 2 ? peer->init(&t->r, &t->w, &t->s, 64) == LOFT_OK
                                   : two_ring_init(&t->r, 64) == LOFT_OK && two_word_init(&t->w, 64) == LOFT_OK
                                         && two_scq_init(&t->s, 64) == LOFT_OK;
        if (!ok(begun, "init"))
            break;
        run_threads(2, two_body, t);
        snprintf(text, sizeof text, "%s: pushed %s, popped %s, begun %s", name, way & 1 ? "there" : "here",
                 way & 1 ? "here" : "there", way & 2 ? "there" : "here");
        ok(t->came == 3 * n && t->sum == sum && two_ring_is_closed(&t->r) && two_word_is_closed(&t->w)
           && two_scq_is_closed(&t->s), text);
        if (way & 2) {
            two_ring_fini(&t->r);
            two_word_fini(&t->w);
            two_scq_fini(&t->s);
        } else {
            peer->fini(&t->r, &t->w, &t->s);
        }
    }
    free(job);
    free(t);
}
