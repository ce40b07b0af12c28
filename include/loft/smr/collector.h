/* SPDX-License-Identifier: MIT
 *
 * loft/smr/collector.h - one at a time takes over what others have left, or drains. For schemes.
 *
 * Needs: core/base.h core/atomics.h core/backoff.h core/park.h
 *
 * A word that says whether somebody does. Who only might help tries it and goes on without; who drains waits for it,
 * until its deadline.
 *
 * OPERATIONS       loft_smr_collector_init_
 *                  loft_smr_lock_  loft_smr_lock_until_  loft_smr_locked_
 *                  loft_smr_unlock_  loft_smr_unlock_forked_
 *                  loft_smr_wait_begin_  loft_smr_wait_more_               waiting, until a deadline
 *
 * EDGES        unlock:A -> lock:A        what the one before has done
 *
 * PROGRESS         lock and unlock wait-free; lock_until waits.
 */
#ifndef LOFT_SMR_COLLECTOR_H
#define LOFT_SMR_COLLECTOR_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/backoff.h"
#include "../core/park.h"

#if !defined(LOFT_UNSUPPORTED)

typedef struct loft_smr_collector_ {
    LOFT_ATOMIC(unsigned) busy;
} loft_smr_collector_;

/* For something that others do, until a deadline. */
typedef struct loft_smr_wait_ {
    loft_backoff backoff;
    uint64_t     deadline;
} loft_smr_wait_;

LOFT_API void
loft_smr_collector_init_(loft_smr_collector_ *c)
{
    loft_init(&c->busy, 0u);
}

LOFT_API bool
loft_smr_lock_(loft_smr_collector_ *c)
{
    unsigned nobody = 0;
    return loft_load(&c->busy, relaxed) == 0             /* lock:B relaxed: lock:A decides */
           && loft_cas_strong(&c->busy, &nobody, 1u, acquire, relaxed);   /* lock:A acquire <- unlock:A: in turn */
}

LOFT_API void
loft_smr_unlock_(loft_smr_collector_ *c)
{
    loft_store(&c->busy, 0u, release);                   /* unlock:A release -> lock:A: in turn */
}

/* For tests: somebody has it, or had when this was asked. */
LOFT_API bool
loft_smr_locked_(const loft_smr_collector_ *c)
{
    return loft_load(&c->busy, relaxed) != 0;            /* locked:A relaxed: it may be over when it is read */
}

/* In the child of a fork. True: another thread had it, and was in the midst of something. */
LOFT_API bool
loft_smr_unlock_forked_(loft_smr_collector_ *c)
{
    const bool busy = loft_load(&c->busy, relaxed) != 0; /* forked:A relaxed: nobody else is here */
    loft_store(&c->busy, 0u, relaxed);                   /* forked:B relaxed: nobody else is here */
    return busy;
}

LOFT_API void
loft_smr_wait_begin_(loft_smr_wait_ *w, uint64_t deadline)
{
    loft_backoff_init(&w->backoff, LOFT_BACKOFF_MIN, LOFT_BACKOFF_MAX);
    w->deadline = deadline;
}

/* Lets some time pass, before one looks again. False: it is too late. */
LOFT_API bool
loft_smr_wait_more_(loft_smr_wait_ *w)
{
    if (w->deadline != LOFT_FOREVER && loft_now() >= w->deadline)
        return false;
    loft_backoff_step_yield(&w->backoff);
    return true;
}

/* False: it is too late. */
LOFT_API bool
loft_smr_lock_until_(loft_smr_collector_ *c, uint64_t deadline)
{
    loft_smr_wait_ w;
    loft_smr_wait_begin_(&w, deadline);
    while (!loft_smr_lock_(c)) {
        if (!loft_smr_wait_more_(&w))
            return false;
    }
    return true;
}

#endif /* supported */
#endif /* LOFT_SMR_COLLECTOR_H */
