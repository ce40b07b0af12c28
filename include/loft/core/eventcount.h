/* SPDX-License-Identifier: MIT
 *
 * loft/core/eventcount.h - an event count whose notify is one load where nobody has waited of late.
 *
 * Needs: core/base.h core/atomics.h core/asymmetric.h core/backoff.h core/park.h
 *
 * USE IT WHEN         what is waited for happens millions of times a second (a push into a queue) and is waited for
 *                     rarely: the full fence in the notify of core/park.h would cost more than the rest of it.
 * DO NOT USE IT WHEN  each event is waited for, or a hundred thousand a second are enough (core/park.h, which this is
 *                     made of, and which needs no membarrier).
 *
 * EXAMPLE
 *     #include <pthread.h>
 *     #include <loft/core/eventcount.h>
 *     static loft_eventcount news;
 *     static LOFT_ATOMIC(int) ready;
 *     static bool is_ready(void *unused)
 *     {
 *         (void)unused;
 *         return loft_load(&ready, acquire) != 0;               // is_ready:A acquire <- giver:A: the news
 *     }
 *     static void *giver(void *unused)
 *     {
 *         loft_store(&ready, 1, release);                      // giver:A release -> is_ready:A: the news
 *         loft_eventcount_notify_one(&news);                   // after the condition has become true
 *         return unused;
 *     }
 *     int main(void)
 *     {
 *         pthread_t t;
 *         if (loft_eventcount_init(&news, loft_asymmetric()) != LOFT_OK || pthread_create(&t, NULL, giver, NULL) != 0)
 *             return 1;
 *         const loft_status s = loft_eventcount_await(&news, is_ready, NULL, LOFT_FOREVER);
 *         return pthread_join(t, NULL) != 0 || s != LOFT_OK;
 *     }
 *
 * PARAMETERS   (define before the first Loft header, the same in every file of a program)
 *   LOFT_EVENTCOUNT_LOOKS  6      looks of await before it prepares, after 1, 2, 4, ... pauses; 0: none, 12 at most
 *   LOFT_EVENTCOUNT_RENT   1024   fences that notifies pay for nobody before they stop doing so
 *
 * OPERATIONS          init  fini
 *                     prepare  cancel  wait  await                        who waits
 *                     notify(e, n)  notify_one  notify_all                who brings it about; any thread
 *                     approx_waiters                                      any thread
 *   As in core/park.h: each prepare is followed by one cancel or one wait with its key, in the same thread, and between
 *   the two the condition is looked at again. Deadlines are those of core/park.h.
 *
 * TOGETHER            Everything but init and fini, from any number of threads. It outlives every call on it.
 *
 * EDGES               prepare:B <-> notify:A
 *                     prepare:C -> user        a later prepare:A, with the fence of the park's prepare behind it
 *   THE GATE            One word: how many threads are between prepare and the end of their wait, and whether notifies
 *                       are `armed`. 0: nobody, and a notify is over when it has read that. Not 0: it does what the
 *                       notify of a park does, full fence and all. So where it is not 0 the argument is the park's.
 *   NO WAKE-UP IS LOST  Let N be a notify that has read 0, and W a waiter that looks too early to see what N has behind
 *                       it. W has counted itself (prepare:A). Either it then made a heavy fence (prepare:B), or it had
 *                       found the gate armed, by a V that made one between counting itself and arming (prepare:C).
 *                       notify:A is a light fence. If it is before that heavy fence, all that N has behind it is seen
 *                       after prepare:C, so by W: it does not look too early. If it is after, N reads what V counted,
 *                       or something later. From there on the gate is not 0 until somebody disarms it (slow:D), and
 *                       that exchange fails while anybody is counted: so what N has read comes after W was no longer
 *                       counted, and W is not waiting.
 *   WHO PAYS            A heavy fence costs as much as some thousand full ones. Who finds the gate disarmed buys one;
 *                       from then on every notify rents, a full fence each time, until RENT of them in a row have found
 *                       nobody (slow:D). So where waits are frequent nobody makes a heavy fence, where they are rare
 *                       notifies cost a load, and either way it is no more than twice what the better of the two would
 *                       have cost.
 *   WITHOUT             membarrier, or with `asymmetric` false, it is armed for good. Where the system stops allowing
 *                       it (seccomp), a waiter looks again every millisecond.
 *
 * MEMORY              that of a park and 16 bytes. No allocation. Keep LOFT_CACHELINE around it.
 *
 * PROGRESS            cancel, and a notify that finds nobody: wait-free. prepare: a system call at most. Else as in
 *                     core/park.h.
 *
 * SOURCE              ours: a heavy fence bought by who waits, and rent until it pays (as in the problem of the skis).
 */
#ifndef LOFT_CORE_EVENTCOUNT_H
#define LOFT_CORE_EVENTCOUNT_H

#include "base.h"
#include "atomics.h"
#include "asymmetric.h"
#include "backoff.h"
#include "park.h"

#if !defined(LOFT_UNSUPPORTED)

#if !defined(LOFT_EVENTCOUNT_LOOKS)
#  define LOFT_EVENTCOUNT_LOOKS  6
#endif
#if !defined(LOFT_EVENTCOUNT_RENT)
#  define LOFT_EVENTCOUNT_RENT  1024
#endif
LOFT_STATIC_ASSERT((LOFT_EVENTCOUNT_LOOKS) >= 0 && (LOFT_EVENTCOUNT_LOOKS) <= 12,
                   "loft/core/eventcount.h: LOFT_EVENTCOUNT_LOOKS must be 0 to 12");
LOFT_STATIC_ASSERT((LOFT_EVENTCOUNT_RENT) >= 1 && (LOFT_EVENTCOUNT_RENT) <= 0x40000000,
                   "loft/core/eventcount.h: LOFT_EVENTCOUNT_RENT must be 1 to 2^30");

#define LOFT_EVENTCOUNT_ARMED_  1u                       /* in the gate; the rest of it counts by twos              */
#define LOFT_EVENTCOUNT_ONE_    2u
#define LOFT_EVENTCOUNT_TRIES_  8u                       /* awaits in a row that look in vain before they sleep ... */
#define LOFT_EVENTCOUNT_AGAIN_  256u                     /* ... and after how many they try again                  */
#define LOFT_EVENTCOUNT_BLIND_  1000000u                 /* nanoseconds between looks where no fence can be had     */

/* What prepare saw; given back to cancel or wait. */
typedef struct loft_eventcount_key {
    loft_park_key park_;
    bool sure_;                                          /* who notifies will see this waiter                      */
} loft_eventcount_key;

typedef struct loft_eventcount {
    LOFT_ATOMIC(uint32_t) gate_;                         /* all that a notify reads where nobody is                */
    LOFT_ATOMIC(uint32_t) rent_;                         /* notifies that paid for nobody; a hint                  */
    LOFT_ATOMIC(uint32_t) vain_;                         /* awaits in a row that had to sleep; a hint              */
    bool asymmetric_;                                    /* fixed after init                                       */
    loft_park park_;
} loft_eventcount;

/* ---- who waits ------------------------------------------------------------------------------------------------- */

/* loft_eventcount_prepare - announce that this thread may go to sleep; then look at the condition again.
 *   returns   the key for the one cancel or wait that must follow
 *   threads   any
 *   progress  wait-free but for the system call
 *   order     what the caller reads from now on is no older than what any notify that does not see this thread had
 *             behind it
 *   cost      two read-modify-writes and a full fence; where nobody has waited of late, a heavy fence
 */
LOFT_NODISCARD LOFT_API loft_eventcount_key
loft_eventcount_prepare(loft_eventcount *e)
{
    loft_eventcount_key key;
    const uint32_t gate = loft_fetch_add(&e->gate_, LOFT_EVENTCOUNT_ONE_, relaxed);   /* prepare:A relaxed: if it reads
                                                            C, the fence of the park's prepare makes that an acquire */
    key.sure_ = true;
    if ((gate & LOFT_EVENTCOUNT_ARMED_) == 0) {
        key.sure_ = loft_fence_heavy(true, seq_cst);     /* prepare:B seq_cst <-> notify:A: count me, then look     */
        if (key.sure_)
            loft_fetch_or(&e->gate_, LOFT_EVENTCOUNT_ARMED_, release);   /* prepare:C release -> user: who finds it
                                                            armed comes after B, too */
    }
    if (loft_load(&e->rent_, relaxed) != 0)              /* prepare:D relaxed: a hint                              */
        loft_store(&e->rent_, 0u, relaxed);              /* prepare:E relaxed: a hint                              */
    key.park_ = loft_park_prepare(&e->park_);
    return key;
}

/* loft_eventcount_cancel - the condition had come true: this thread does not sleep. It has no wake-up to pass on.
 *   threads   the one that prepared
 *   progress  wait-free
 *   cost      two read-modify-writes
 */
LOFT_API void
loft_eventcount_cancel(loft_eventcount *e, loft_eventcount_key key)
{
    loft_park_cancel(&e->park_, key.park_);
    loft_fetch_sub(&e->gate_, LOFT_EVENTCOUNT_ONE_, relaxed);   /* cancel:A relaxed: seen late, it costs a fence   */
}

/* loft_eventcount_wait - sleep until woken, unless a notify has come since prepare.
 *   returns   LOFT_OK: look again. LOFT_TIMEOUT: the deadline is past, and no wake-up was spent on this thread; look
 *             once more
 *   threads   the one that prepared
 *   progress  blocks until a notify or the deadline
 *   cost      one system call, rarely more
 */
LOFT_API loft_status
loft_eventcount_wait(loft_eventcount *e, loft_eventcount_key key, uint64_t deadline)
{
    uint64_t until = deadline;
    if (LOFT_UNLIKELY(!key.sure_)) {
        const uint64_t soon = loft_deadline(LOFT_EVENTCOUNT_BLIND_);
        until = soon < deadline ? soon : deadline;
    }
    const loft_status s = loft_park_wait(&e->park_, key.park_, until);
    loft_fetch_sub(&e->gate_, LOFT_EVENTCOUNT_ONE_, relaxed);   /* wait:A relaxed: as cancel:A                     */
    return s == LOFT_TIMEOUT && until != deadline ? LOFT_OK : s;
}

/* loft_eventcount_await - the whole loop: a few looks with pauses between them, then sleep until ready(arg) is true.
 *   returns   LOFT_OK: ready(arg) was true. LOFT_TIMEOUT: it was not, and the deadline is past
 *   threads   any; ready runs in this thread, several times, and may take part in what it looks at
 *   progress  blocks; deadline 0: one look. Before it sleeps it spins for 2^LOFT_EVENTCOUNT_LOOKS pauses at most; not
 *             at all where that has been in vain of late
 *   order     that of ready
 */
LOFT_API loft_status
loft_eventcount_await(loft_eventcount *e, bool (*ready)(void *), void *arg, uint64_t deadline)
{
    if (ready(arg))
        return LOFT_OK;
    if (deadline == 0)
        return LOFT_TIMEOUT;
    if ((LOFT_EVENTCOUNT_LOOKS) != 0) {
        const uint32_t vain = loft_load(&e->vain_, relaxed);   /* await:A relaxed: a hint                          */
        if (vain < LOFT_EVENTCOUNT_TRIES_) {
            for (unsigned pauses = 1; pauses < 1u << (LOFT_EVENTCOUNT_LOOKS); pauses *= 2u) {
                for (unsigned i = pauses; i; i--)
                    LOFT_PAUSE();
                if (ready(arg)) {
                    if (vain != 0)
                        loft_store(&e->vain_, 0u, relaxed);    /* await:B relaxed: a hint                          */
                    return LOFT_OK;
                }
            }
        }
        loft_store(&e->vain_, vain + 1u < LOFT_EVENTCOUNT_AGAIN_ ? vain + 1u : 0u, relaxed);   /* await:C relaxed: a
                                                            hint */
    }
    for (;;) {
        const loft_eventcount_key key = loft_eventcount_prepare(e);
        if (ready(arg)) {
            loft_eventcount_cancel(e, key);
            return LOFT_OK;
        }
        const loft_status s = loft_eventcount_wait(e, key, deadline);
        if (ready(arg))
            return LOFT_OK;
        if (s == LOFT_TIMEOUT)
            return LOFT_TIMEOUT;
    }
}

/* ---- who brings it about --------------------------------------------------------------------------------------- */

/* Somebody is there, or was of late. */
LOFT_NOINLINE void
loft_eventcount_slow_(loft_eventcount *e, uint32_t gate, unsigned n)
{
    loft_park_notify(&e->park_, n);
    if (gate != LOFT_EVENTCOUNT_ARMED_ || !e->asymmetric_)
        return;
    const uint32_t rent = loft_load(&e->rent_, relaxed) + 1u;   /* slow:A relaxed: a hint                          */
    if (rent < (LOFT_EVENTCOUNT_RENT)) {
        loft_store(&e->rent_, rent, relaxed);            /* slow:B relaxed: a hint                                 */
        return;
    }
    loft_store(&e->rent_, 0u, relaxed);                  /* slow:C relaxed: a hint                                 */
    uint32_t armed = LOFT_EVENTCOUNT_ARMED_;
    (void)loft_cas_strong(&e->gate_, &armed, 0u, relaxed, relaxed);   /* slow:D relaxed: fails while somebody is
                                                            counted; who comes later finds it disarmed */
}

/* loft_eventcount_notify - the condition has become true: wake up to n threads that sleep, and let those that have
 * prepared but do not sleep yet go on. It is called after the change.
 *   threads   any; over futex a signal handler, too
 *   progress  nobody waits: wait-free. Else as loft_park_notify
 *   order     whoever prepares too late to be let go on sees, looking again, what happened before this call
 *   cost      one load; a full fence and a few loads more while waits are frequent; who sleeps costs a system call
 */
LOFT_API void
loft_eventcount_notify(loft_eventcount *e, unsigned n)
{
    loft_fence_light(true, seq_cst);                     /* notify:A seq_cst <-> prepare:B: change, then who waits */
    const uint32_t gate = loft_load(&e->gate_, relaxed); /* notify:B relaxed: A puts it after the caller's change  */
    if (LOFT_UNLIKELY(gate != 0))
        loft_eventcount_slow_(e, gate, n);
}

/* loft_eventcount_notify_one - the change is work for one thread: wake exactly one of those that sleep, if any.
 *   threads, progress, order, cost    as loft_eventcount_notify
 */
LOFT_API void
loft_eventcount_notify_one(loft_eventcount *e)
{
    loft_eventcount_notify(e, 1u);
}

/* loft_eventcount_notify_all - the change concerns everybody who waits (closed, shut down): wake all of them.
 *   threads, progress, order, cost    as loft_eventcount_notify; the woken threads all run at once
 */
LOFT_API void
loft_eventcount_notify_all(loft_eventcount *e)
{
    loft_eventcount_notify(e, UINT_MAX);
}

/* ---- init, fini, observer -------------------------------------------------------------------------------------- */

/* loft_eventcount_init - nobody waits. `asymmetric` is loft_asymmetric(), or false: full fences, and no heavy ones.
 *   returns   as loft_park_init
 *   threads   quiescent
 */
LOFT_NODISCARD LOFT_API loft_status
loft_eventcount_init(loft_eventcount *e, bool asymmetric)
{
    LOFT_ASSERT((!asymmetric || loft_asymmetric()) && "loft/core/eventcount.h: there is no membarrier here");
    e->asymmetric_ = asymmetric;
    loft_init(&e->gate_, asymmetric ? 0u : LOFT_EVENTCOUNT_ARMED_);
    loft_init(&e->rent_, 0u);
    loft_init(&e->vain_, 0u);
    return loft_park_init(&e->park_);
}

/* loft_eventcount_fini - the end of it; nobody waits, and no notify is under way.
 *   threads   quiescent; a debug build stops at a thread that sleeps
 */
LOFT_API void
loft_eventcount_fini(loft_eventcount *e)
{
    loft_park_fini(&e->park_);
}

/* loft_eventcount_approx_waiters - how many threads have prepared and have neither been woken nor left.
 *   threads   any
 *   progress  wait-free
 *   order     none
 */
LOFT_API uint32_t
loft_eventcount_approx_waiters(const loft_eventcount *e)
{
    return loft_park_approx_waiters(&e->park_);
}

#endif /* supported */
#endif /* LOFT_CORE_EVENTCOUNT_H */
