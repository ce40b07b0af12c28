/* SPDX-License-Identifier: MIT
 *
 * tests/queue/support/two_main.h - queues that are pushed in one file and popped in another, in both directions, by
 * two threads at once, and begun and ended in either.
 */
#include "../common.h"
#define TWO_PEER_GET two_here_get
#include "two_peer.h"

struct two_run {
    struct two_queues q;
    const struct two_peer *pusher;
    const struct two_peer *popper;
    struct job *job;
    size_t n;
    uint64_t sum;
    size_t came;
    LOFT_ATOMIC(int) closed;
};

static void
two_body(void *arg, int id)
{
    struct two_run *t = (struct two_run *)arg;
    if (id == 0) {
        for (size_t i = 0; i < t->n; i++) {
            for (int which = 0; which < t->pusher->kinds; which++)
                while (!t->pusher->push(&t->q, which, &t->job[i]))
                    sched_yield();
        }
        t->pusher->close(&t->q);
        loft_store(&t->closed, 1, release);
    } else {
        for (;;) {
            const bool closed = loft_load(&t->closed, acquire) != 0;
            const size_t got = t->popper->drain(&t->q, &t->sum);
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
    struct two_peer here;
    uint64_t sum = 0;
    char text[120];
    if (!job || !t)
        abort();
    two_here_get(&here);
    for (size_t i = 0; i < n; i++) {
        job[i].id = i * 3 + 1;
        job[i].check = ~job[i].id;
        job[i].name = "job";
        sum += (unsigned)here.kinds * job[i].id;
    }
    snprintf(text, sizeof text, "%s: both see the same layout", name);
    ok(memcmp(peer->size, here.size, sizeof here.size) == 0 && peer->slot == here.slot && peer->kinds == here.kinds,
       text);
    if (here.kinds != TWO_KINDS)
        ok_skip("queue/scq_word in two files", TEST_NO_PAIRS);
    for (int way = 0; way < 4; way++) {
        t->pusher = way & 1 ? peer : &here;
        t->popper = way & 1 ? &here : peer;
        t->job = job;
        t->n = n;
        t->sum = 0;
        t->came = 0;
        loft_init(&t->closed, 0);
        if (!ok((way & 2 ? peer : &here)->init(&t->q, 64) == LOFT_OK, "init"))
            break;
        run_threads(2, two_body, t);
        snprintf(text, sizeof text, "%s: pushed %s, popped %s, begun %s", name, way & 1 ? "there" : "here",
                 way & 1 ? "here" : "there", way & 2 ? "there" : "here");
        ok(t->came == (unsigned)here.kinds * n && t->sum == sum && here.closed(&t->q) && peer->closed(&t->q), text);
        (way & 2 ? &here : peer)->fini(&t->q);
    }
    free(job);
    free(t);
}
