/* SPDX-License-Identifier: MIT
 *
 * loft/map/nodelock.h - a lock that is one bit of a word: to be taken at once or not at all, and waited for.
 *
 * Needs: core/base.h core/atomics.h core/backoff.h
 *
 * Machinery for skiplist_locked.h and bst_locked.h, where each node has such a word, the one that others change to put
 * something behind it. Who has the lock changes the rest of the word by plain stores; the store of the last one gives
 * the lock back. So the lock takes no memory, and the lock, and the words that it is about, are in one line.
 *
 * Nobody waits for one lock while holding another: who does not get the next one gives all back, waits until that one
 * is free with nothing in hand, and begins again. So no order of keys, however wrong, makes a deadlock, and a thread
 * that stops with a lock stops those alone that need this one. If all take their locks in one order, one of any that
 * are in each other's way gets through: the one with the last lock.
 *
 * OPERATIONS   loft_nodelock_try(word, lock, never, &w)   takes the lock, bit `lock` of the word, unless it has one of
 *                                          the bits `never`. w: the word as it was
 *              loft_nodelock_wait(word, lock)   until there is an instant at which nobody had it
 *
 * EDGES        user -> try:B                                    what was done by who had the lock before
 *              (user: the store that gave it back, or whatever wrote the word)
 *
 * WAITING      A few pauses, as long as what is done under such a lock takes, then a yield for each look: the thread
 *              that has it may be one that does not run.
 *
 * PROGRESS     try: lock-free: it fails only if somebody else has changed the word. wait: blocking.
 */
#ifndef LOFT_MAP_NODELOCK_H
#define LOFT_MAP_NODELOCK_H

#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/backoff.h"

#if !defined(LOFT_UNSUPPORTED)

/* The pauses between two looks are doubled up to this; from then on it is yields. */
#define LOFT_NODELOCK_PAUSES_  32

/* loft_nodelock_try - take the lock if nobody has it.
 *   returns   true: taken, and *w is the word without it. False: *w is what was there, with `lock` or one of `never`
 *   threads   any
 *   progress  lock-free
 *   order     true: what was done by those who have changed the word until now is known; false: none
 */
LOFT_API bool
loft_nodelock_try(LOFT_ATOMIC(uintptr_t) *word, uintptr_t lock, uintptr_t never, uintptr_t *w)
{
    *w = loft_load(word, relaxed);                       /* try:A relaxed: the CAS checks it */
    while (!(*w & (lock | never)))
        if (loft_cas_weak(word, w, *w | lock, acquire, relaxed))   /* try:B acquire/relaxed <- user: what was done by
                                                                      who had the lock before */
            return true;
    return false;
}

/* loft_nodelock_wait - wait until nobody has the lock; somebody may have it again.
 *   threads   any that has none itself. The word stays safe meanwhile
 *   progress  blocking: for as long as somebody has it
 *   order     none
 */
LOFT_API void
loft_nodelock_wait(const LOFT_ATOMIC(uintptr_t) *word, uintptr_t lock)
{
    loft_backoff wait;
    loft_backoff_init(&wait, 1, LOFT_NODELOCK_PAUSES_);
    while (loft_load(word, relaxed) & lock)              /* wait:A relaxed: who goes on looks at it again */
        (void)loft_backoff_step_yield(&wait);
}

#endif /* supported */
#endif /* LOFT_MAP_NODELOCK_H */
