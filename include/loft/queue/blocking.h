/* SPDX-License-Identifier: MIT
 *
 * loft/queue/blocking.h - any queue of the family, with calls that wait: for an element, for room, or until a deadline.
 *
 * Needs: core/base.h core/atomics.h core/eventcount.h
 *
 * USE IT WHEN         threads have nothing better to do than to wait for a queue, or an unbounded queue needs a bound.
 * DO NOT USE IT WHEN  they have (try_pop of the queue itself, in an event loop), or may never sleep.
 *
 * EXAMPLE
 *     #include <pthread.h>
 *     #define LOFT_QUEUE_NAME    jobs_queue
 *     #define LOFT_QUEUE_T       int
 *     #include <loft/queue/scq.h>                              // any other queue: change this line
 *     #define LOFT_QUEUE_NAME    jobs
 *     #define LOFT_QUEUE_T       int
 *     #define LOFT_QUEUE_ENGINE  jobs_queue
 *     #include <loft/queue/blocking.h>
 *     static jobs q;
 *     static void *consumer(void *sum)
 *     {
 *         int job;
 *         while (jobs_pop(&q, &job, LOFT_FOREVER) == LOFT_OK)  // LOFT_CLOSED: closed, and all jobs are done
 *             *(int *)sum += job;
 *         return NULL;
 *     }
 *     int main(void)
 *     {
 *         pthread_t t;
 *         int sum = 0;
 *         if (jobs_init(&q, 2) != LOFT_OK || pthread_create(&t, NULL, consumer, &sum) != 0)
 *             return 1;
 *         for (int job = 1; job <= 10; job++)
 *             if (jobs_push(&q, job, loft_deadline(1000000000u)) != LOFT_OK)
 *                 return 1;
 *         jobs_close(&q);
 *         pthread_join(t, NULL);
 *         jobs_fini(&q);
 *         return sum != 55;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME    required  prefix of the generated type and functions
 *                     LOFT_QUEUE_T       required  element type, that of the engine
 *                     LOFT_QUEUE_ENGINE  required  prefix of the queue inside; its header comes before
 *                     LOFT_QUEUE_SMR     optional  the engine's reclamation scheme, if it has one: it is unbounded then
 *                     LOFT_QUEUE_RECORD  optional  type of the thread record that calls of the engine take; default
 *                                                  that of the scheme, without one: none
 *                     LOFT_QUEUE_UNBOUNDED  optional  1: the engine has no bound and no scheme; elements are nodes of
 *                                                  the caller's, T is a pointer to one, and init takes no capacity
 *                     LOFT_QUEUE_LIMIT   optional  1: count the elements and refuse more than a number given at init,
 *                                                  for one compare-exchange in a push and one addition in a pop
 *                     LOFT_QUEUE_STALLS  optional  1: the engine is mpsc.h or mpsc_list.h, whose pops may have to wait
 *                                                  for a push under way: they sleep for it. Without it, one error
 *                     LOFT_QUEUE_OVERWRITES  1: it is mpsc.h, overwriting: the same, and one load more in a push
 *
 * OPERATIONS          init  adopt  fini
 *                     push  pop  drain                                     wait, until a deadline of core/park.h
 *                     try_push  try_pop  push_n  pop_n                     do not, and wake who does
 *                     close  is_closed  approx_len  capacity
 *   With a record `me`, it is the second argument of all calls but init, adopt, fini, is_closed, approx_len, capacity,
 *   and of close and, without a limit, approx_len where there is a scheme.
 *
 * TOGETHER            What the engine allows: push, try_push, push_n are pushes, pop, drain, try_pop, pop_n are pops. A
 *                     thread that sleeps here is inside none of the engine's calls, and in no section of its record.
 *                     The queue outlives every call on it: who has popped the last element may be ahead of the end of
 *                     the push that brought it.
 *
 * EDGES               give:A -> take:B     room that a pop has made comes with all that was before the pop
 *
 * WHO IS WOKEN        For one element one thread that waits for elements, for k elements at most k; likewise for room.
 *                     close wakes everybody. A thread that gives up when its deadline comes was not chosen, or it takes
 *                     what it was chosen for. Who is woken and finds that another thread was faster sleeps again.
 *   A push refused      for want of room may have been in the way of another one (scq_word.h lets in by counting, and
 *                     counts who is turned away). So a call that gives up wakes one that waits for room, which looks.
 *   An overwriting      engine refuses nobody for want of room, but beside a push of the lap before that is under way;
 *                     when that has ended, who was refused can go on. So each push wakes one that waits.
 *
 * FULL                is what the engine says, with its reservations about operations under way. With LOFT_QUEUE_LIMIT
 *                     it is exact: refused is a push that finds as many elements, pushes and pops under way as the
 *                     limit says; never are there more elements. Where the engine counts refusals (mpsc.h), each look
 *                     of a push that waits is one.
 *
 * MEMORY              that of the engine, and two event counts with LOFT_CACHELINE around each. No allocation.
 *
 * PROGRESS            try_push, try_pop, push_n, pop_n: that of the engine where nobody sleeps; a system call to wake
 *                     somebody. push, pop, drain block. None spins for more than 64 pauses (core/eventcount.h) beside
 *                     what the engine itself does when it looks (LOFT_MPSC_SPIN).
 *
 * SOURCE              ours.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/eventcount.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h or core/park.h has said why. */
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/blocking.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/blocking.h: define LOFT_QUEUE_T (element type) before including"
#elif !defined(LOFT_QUEUE_ENGINE)
#  error "loft/queue/blocking.h: define LOFT_QUEUE_ENGINE (prefix of the queue inside) before including"
#else

#if !defined(LOFT_QUEUE_LIMIT)
#  define LOFT_QUEUE_LIMIT  0
#endif
#if !defined(LOFT_QUEUE_UNBOUNDED)
#  define LOFT_QUEUE_UNBOUNDED  0
#endif
#if !defined(LOFT_QUEUE_OVERWRITES)
#  define LOFT_QUEUE_OVERWRITES  0
#endif
#if !defined(LOFT_QUEUE_STALLS)
#  define LOFT_QUEUE_STALLS  LOFT_QUEUE_OVERWRITES
#endif
#if defined(LOFT_QUEUE_SMR) && !defined(LOFT_QUEUE_RECORD)
#  define LOFT_QUEUE_RECORD  LOFT_CAT(LOFT_QUEUE_SMR, thread)
#endif
#if defined(LOFT_QUEUE_RECORD)
#  define LOFT_QUEUE_ME_    , LOFT_QUEUE_RECORD *me
#  define LOFT_QUEUE_PASS_  , me
#else
#  define LOFT_QUEUE_ME_
#  define LOFT_QUEUE_PASS_
#endif
#if defined(LOFT_QUEUE_SMR)
#  define LOFT_QUEUE_ROOM_  LOFT_QUEUE_LIMIT             /* whether there is a wait for room */
#  define LOFT_QUEUE_SHUT_  , me                         /* close walks through segments     */
#  define LOFT_QUEUE_BY_    , LOFT_QUEUE_RECORD *me
#else
#  define LOFT_QUEUE_ROOM_  (LOFT_QUEUE_LIMIT || !LOFT_QUEUE_UNBOUNDED)
#  define LOFT_QUEUE_SHUT_
#  define LOFT_QUEUE_BY_
#endif
#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)
#define LOFT_QUEUE_IN_(f) LOFT_CAT(LOFT_QUEUE_ENGINE, f)

#ifndef LOFT_QUEUE_BLOCKING_H
#define LOFT_QUEUE_BLOCKING_H

/* Up to n of the places that are left. */
LOFT_API size_t
loft_blocking_take_(LOFT_ATOMIC(size_t) *vacant, size_t n)
{
    size_t seen = loft_load(vacant, relaxed);            /* take:A relaxed: B checks it, and nothing is nothing    */
    for (;;) {
        const size_t take = seen < n ? seen : n;
        if (take == 0)
            return 0;
        if (loft_cas_weak(vacant, &seen, seen - take, acquire, relaxed))   /* take:B acquire <- give:A: who made room
                                                            is done with it */
            return take;
    }
}

LOFT_API void
loft_blocking_give_(LOFT_ATOMIC(size_t) *vacant, size_t n)
{
    loft_fetch_add(vacant, n, release);                  /* give:A release -> take:B: what was in it is out        */
}

#endif /* LOFT_QUEUE_BLOCKING_H */

/* An engine of which this is to be known has another type of that name: one error, which says so. */
#if !LOFT_QUEUE_OVERWRITES
typedef struct loft_blocking_needs_LOFT_QUEUE_OVERWRITES_ LOFT_QUEUE_IN_(overwrites_);
#endif
#if !LOFT_QUEUE_STALLS
typedef struct loft_blocking_needs_LOFT_QUEUE_STALLS_ LOFT_QUEUE_IN_(stalls_);
#endif

typedef struct LOFT_QUEUE_NAME {
    LOFT_QUEUE_ENGINE engine;                            /* yours to ask, not to push to or pop from               */
    char              pad0_[LOFT_CACHELINE];
    loft_eventcount   items;                             /* who waits for an element                               */
    char              pad1_[LOFT_CACHELINE];
#if LOFT_QUEUE_ROOM_
    loft_eventcount   room;                              /* who waits for room                                     */
    char              pad2_[LOFT_CACHELINE];
#endif
#if LOFT_QUEUE_LIMIT
    LOFT_ATOMIC(size_t) vacant;                          /* how many more may go in                                */
    size_t            limit;                             /* fixed after init                                       */
    char              pad3_[LOFT_CACHELINE];
#endif
} LOFT_QUEUE_NAME;

/* A call that waits. */
typedef struct LOFT_QUEUE_FN(wait_) {
    LOFT_QUEUE_NAME   *q;
#if defined(LOFT_QUEUE_RECORD)
    LOFT_QUEUE_RECORD *me;
#endif
    LOFT_QUEUE_T const *in;
    LOFT_QUEUE_T      *out;
    size_t            n;                                 /* most to take, then taken                               */
    loft_status       status;                            /* what there is to say when the wait is over             */
} LOFT_QUEUE_FN(wait_);

/* ---- private: one attempt ---------------------------------------------------------------------------------------- */

/* OK, or FULL, CLOSED, NOMEM. */
LOFT_API loft_status
LOFT_QUEUE_FN(offer_)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T v)
{
#if defined(LOFT_QUEUE_SMR)
    return LOFT_QUEUE_IN_(push)(&q->engine LOFT_QUEUE_PASS_, v);
#else
    if (LOFT_LIKELY(LOFT_QUEUE_IN_(try_push)(&q->engine LOFT_QUEUE_PASS_, v)))
        return LOFT_OK;
    return LOFT_QUEUE_UNBOUNDED || LOFT_QUEUE_IN_(is_closed)(&q->engine) ? LOFT_CLOSED : LOFT_FULL;
#endif
}

/* There is room for so many more. */
LOFT_API void
LOFT_QUEUE_FN(vacate_)(LOFT_QUEUE_NAME *q, size_t n)
{
#if LOFT_QUEUE_LIMIT
    loft_blocking_give_(&q->vacant, n);
#endif
#if LOFT_QUEUE_ROOM_
    loft_eventcount_notify(&q->room, n < UINT_MAX ? (unsigned)n : UINT_MAX);
#else
    (void)q;
    (void)n;
#endif
}

/* A push that gives up may have kept another one out while it looked; or, overwriting, one that has ended. */
LOFT_API void
LOFT_QUEUE_FN(withdraw_)(LOFT_QUEUE_NAME *q)
{
#if LOFT_QUEUE_ROOM_
    loft_eventcount_notify_one(&q->room);
#else
    (void)q;
#endif
}

/* OK, FULL, CLOSED, NOMEM. */
LOFT_API loft_status
LOFT_QUEUE_FN(enter_)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T v)
{
#if LOFT_QUEUE_LIMIT
    if (loft_blocking_take_(&q->vacant, 1u) == 0)
        return LOFT_QUEUE_IN_(is_closed)(&q->engine) ? LOFT_CLOSED : LOFT_FULL;
#endif
    const loft_status s = LOFT_QUEUE_FN(offer_)(q LOFT_QUEUE_PASS_, v);
    if (LOFT_LIKELY(s == LOFT_OK)) {
        loft_eventcount_notify_one(&q->items);
#if LOFT_QUEUE_OVERWRITES
        LOFT_QUEUE_FN(withdraw_)(q);
#endif
    }
#if LOFT_QUEUE_LIMIT
    else
        LOFT_QUEUE_FN(vacate_)(q, 1u);
#endif
    return s;
}

LOFT_API bool
LOFT_QUEUE_FN(enter_ready_)(void *p)
{
    LOFT_QUEUE_FN(wait_) *const w = (LOFT_QUEUE_FN(wait_) *)p;
#if defined(LOFT_QUEUE_RECORD)
    LOFT_QUEUE_RECORD *const me = w->me;
#endif
    w->status = LOFT_QUEUE_FN(enter_)(w->q LOFT_QUEUE_PASS_, *w->in);
    return w->status != LOFT_FULL;
}

/* Takes what there is, up to n elements. */
LOFT_API size_t
LOFT_QUEUE_FN(grab_)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T *out, size_t n)
{
#if LOFT_QUEUE_STALLS
    bool over;
    return LOFT_QUEUE_IN_(poll)(&q->engine LOFT_QUEUE_PASS_, out, n, &over);
#else
    if (n == 1u)
        return LOFT_QUEUE_IN_(try_pop)(&q->engine LOFT_QUEUE_PASS_, out) ? 1u : 0u;
    return LOFT_QUEUE_IN_(pop_n)(&q->engine LOFT_QUEUE_PASS_, out, n);
#endif
}

LOFT_API bool
LOFT_QUEUE_FN(grab_ready_)(void *p)
{
    LOFT_QUEUE_FN(wait_) *const w = (LOFT_QUEUE_FN(wait_) *)p;
#if defined(LOFT_QUEUE_RECORD)
    LOFT_QUEUE_RECORD *const me = w->me;
#endif
#if LOFT_QUEUE_STALLS
    bool over = false;
    const size_t got = LOFT_QUEUE_IN_(poll)(&w->q->engine LOFT_QUEUE_PASS_, w->out, w->n, &over);
    if (got == 0 && !over)                               /* closed, perhaps: the push under way tells when it ends  */
        return false;
#else
    size_t got = LOFT_QUEUE_FN(grab_)(w->q LOFT_QUEUE_PASS_, w->out, w->n);
    if (got == 0) {
        if (!LOFT_QUEUE_IN_(is_closed)(&w->q->engine))
            return false;
        got = LOFT_QUEUE_FN(grab_)(w->q LOFT_QUEUE_PASS_, w->out, w->n);   /* begun after close: nothing is nothing */
    }
#endif
    w->n = got;
    w->status = got != 0 ? LOFT_OK : LOFT_CLOSED;
    return true;
}

/* The wait of push, for room. */
#if LOFT_QUEUE_ROOM_
LOFT_NOINLINE loft_status
LOFT_QUEUE_FN(enter_wait_)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T const *v, uint64_t deadline)
{
    LOFT_QUEUE_FN(wait_) w;
    w.q = q;
#if defined(LOFT_QUEUE_RECORD)
    w.me = me;
#endif
    w.in = v;
    w.out = NULL;
    w.n = 0;
    w.status = LOFT_FULL;
    if (deadline != 0                                    /* else it has looked */
        && loft_eventcount_await(&q->room, LOFT_QUEUE_FN(enter_ready_), &w, deadline) == LOFT_OK)
        return w.status;
    LOFT_QUEUE_FN(withdraw_)(q);
    return LOFT_TIMEOUT;
}
#endif

/* The wait of pop and drain, for an element. */
LOFT_NOINLINE loft_status
LOFT_QUEUE_FN(grab_wait_)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T *out, size_t *n, uint64_t deadline)
{
    LOFT_QUEUE_FN(wait_) w;
    w.q = q;
#if defined(LOFT_QUEUE_RECORD)
    w.me = me;
#endif
    w.in = NULL;
    w.out = out;
    w.n = *n;
    w.status = LOFT_EMPTY;
    if (loft_eventcount_await(&q->items, LOFT_QUEUE_FN(grab_ready_), &w, deadline) != LOFT_OK)
        return LOFT_TIMEOUT;
    if (w.status == LOFT_OK) {
        *n = w.n;
        LOFT_QUEUE_FN(vacate_)(q, w.n);
    }
    return w.status;
}

/* ---- init, fini -------------------------------------------------------------------------------------------------- */

/* NAME_adopt - make a blocking queue of an engine that is there: q->engine has been initialised, by whichever of its
 * calls, and holds nothing. With LOFT_QUEUE_LIMIT it takes `limit` elements at most, else the argument is not there.
 *   returns   LOFT_OK; LOFT_INVAL: limit is 0, or above the capacity of an engine that has one; LOFT_NOMEM,
 *             LOFT_NOTSUP: as loft_park_init. Nothing to undo unless OK, and the engine stays the caller's
 *   threads   quiescent
 */
LOFT_NODISCARD LOFT_API loft_status
#if LOFT_QUEUE_LIMIT
LOFT_QUEUE_FN(adopt)(LOFT_QUEUE_NAME *q, size_t limit)
#else
LOFT_QUEUE_FN(adopt)(LOFT_QUEUE_NAME *q)
#endif
{
#if LOFT_QUEUE_LIMIT
    if (limit == 0)
        return LOFT_INVAL;
#if !defined(LOFT_QUEUE_SMR) && !LOFT_QUEUE_UNBOUNDED
    if (limit > LOFT_QUEUE_IN_(capacity)(&q->engine))    /* then the engine would refuse, or drop what is counted   */
        return LOFT_INVAL;
#endif
    loft_init(&q->vacant, limit);
    q->limit = limit;
#endif
    const bool asymmetric = loft_asymmetric();
    const loft_status s = loft_eventcount_init(&q->items, asymmetric);
#if LOFT_QUEUE_ROOM_
    if (s == LOFT_OK) {
        const loft_status r = loft_eventcount_init(&q->room, asymmetric);
        if (r != LOFT_OK)
            loft_eventcount_fini(&q->items);
        return r;
    }
#endif
    return s;
}

/* NAME_init - an empty queue. The arguments are those of the engine's init, which are a capacity, or that and how many
 * threads have records (wcq.h), or the domain of its scheme; with LOFT_QUEUE_LIMIT the limit comes after them. For an
 * engine with other arguments there is adopt.
 *   returns   that of the engine's init, or of adopt. Nothing to undo unless OK
 *   threads   quiescent; other threads may use the queue once it has been handed over
 *   cost      that of the engine's init, and a few system calls
 */
LOFT_NODISCARD LOFT_API loft_status
#if defined(LOFT_QUEUE_SMR) && LOFT_QUEUE_LIMIT
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR *domain, size_t limit)
#elif defined(LOFT_QUEUE_SMR)
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_SMR *domain)
#elif LOFT_QUEUE_UNBOUNDED && LOFT_QUEUE_LIMIT
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t limit)
#elif LOFT_QUEUE_UNBOUNDED
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q)
#elif defined(LOFT_QUEUE_RECORD) && LOFT_QUEUE_LIMIT
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t capacity, size_t threads, size_t limit)
#elif defined(LOFT_QUEUE_RECORD)
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t capacity, size_t threads)
#elif LOFT_QUEUE_LIMIT
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t capacity, size_t limit)
#else
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t capacity)
#endif
{
#if defined(LOFT_QUEUE_SMR)
    loft_status s = LOFT_QUEUE_IN_(init)(&q->engine, domain);
#elif LOFT_QUEUE_UNBOUNDED
    loft_status s = LOFT_QUEUE_IN_(init)(&q->engine);
#elif defined(LOFT_QUEUE_RECORD)
    loft_status s = LOFT_QUEUE_IN_(init)(&q->engine, capacity, threads);
#else
    loft_status s = LOFT_QUEUE_IN_(init)(&q->engine, capacity);
#endif
    if (s != LOFT_OK)
        return s;
#if LOFT_QUEUE_LIMIT
    s = LOFT_QUEUE_FN(adopt)(q, limit);
#else
    s = LOFT_QUEUE_FN(adopt)(q);
#endif
    if (s != LOFT_OK)
        LOFT_QUEUE_IN_(fini)(&q->engine);
    return s;
}

/* NAME_fini - the end of the queue, engine included; elements still in it are dropped.
 *   threads   quiescent; a debug build stops at a thread that sleeps
 */
LOFT_API void
LOFT_QUEUE_FN(fini)(LOFT_QUEUE_NAME *q)
{
    loft_eventcount_fini(&q->items);
#if LOFT_QUEUE_ROOM_
    loft_eventcount_fini(&q->room);
#endif
    LOFT_QUEUE_IN_(fini)(&q->engine);
}

/* ---- calls that wait --------------------------------------------------------------------------------------------- */

/* NAME_push - append v, once there is room.
 *   returns   LOFT_OK; LOFT_CLOSED; LOFT_TIMEOUT: there was no room until the deadline; LOFT_NOMEM: an unbounded engine
 *             found no memory for it, and nothing waits for that. v is in the queue only after LOFT_OK
 *   threads   as the engine's try_push
 *   progress  blocks while there is no room; deadline 0: does not
 *   order     everything before this call happens-before the return of the pop that takes v
 *   cost      the engine's try_push and one load; with LOFT_QUEUE_LIMIT a compare-exchange more. Who sleeps costs a
 *             system call
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(push)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T v, uint64_t deadline)
{
    const loft_status s = LOFT_QUEUE_FN(enter_)(q LOFT_QUEUE_PASS_, v);
#if LOFT_QUEUE_ROOM_
    if (LOFT_UNLIKELY(s == LOFT_FULL))
        return LOFT_QUEUE_FN(enter_wait_)(q LOFT_QUEUE_PASS_, &v, deadline);
#else
    (void)deadline;
#endif
    return s;
}

/* NAME_pop - take the oldest element, once there is one.
 *   returns   LOFT_OK; LOFT_CLOSED: closed, and there is nothing in it and never will be; LOFT_TIMEOUT: there was
 *             nothing until the deadline. *out is untouched unless OK
 *   threads   as the engine's try_pop
 *   progress  blocks while there is nothing; deadline 0: does not
 *   order     everything before the push of the element happens-before the return
 *   cost      the engine's try_pop and one load; with LOFT_QUEUE_LIMIT an addition more. Who sleeps costs a system call
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(pop)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T *out, uint64_t deadline)
{
    size_t n = 1;
    if (LOFT_UNLIKELY(LOFT_QUEUE_FN(grab_)(q LOFT_QUEUE_PASS_, out, 1u) == 0))
        return LOFT_QUEUE_FN(grab_wait_)(q LOFT_QUEUE_PASS_, out, &n, deadline);
    LOFT_QUEUE_FN(vacate_)(q, 1u);
    return LOFT_OK;
}

/* NAME_drain - take what there is, once there is something: up to `most` elements into out[0..*n).
 *   returns   LOFT_OK: *n elements, 1 at least (0 if most is 0); else as pop, with *n and out untouched
 *   otherwise as pop, for each element; deadline 0: what there is now
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(drain)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T *out, size_t most, size_t *n, uint64_t deadline)
{
    size_t got = most;
    if (most != 0) {
        const loft_status s = LOFT_QUEUE_FN(grab_wait_)(q LOFT_QUEUE_PASS_, out, &got, deadline);
        if (s != LOFT_OK)
            return s;
    }
    *n = got;
    return LOFT_OK;
}

/* ---- calls that do not ------------------------------------------------------------------------------------------- */

/* NAME_try_push - append v if there is room now.
 *   returns   false: full or closed, or no memory; nothing changed
 *   otherwise as push with deadline 0
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_push)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T v)
{
    const loft_status s = LOFT_QUEUE_FN(enter_)(q LOFT_QUEUE_PASS_, v);
    if (LOFT_UNLIKELY(s == LOFT_FULL))
        LOFT_QUEUE_FN(withdraw_)(q);
    return s == LOFT_OK;
}

/* NAME_try_pop - take the oldest element if there is one now.
 *   returns   false: empty, and *out is untouched; after close(), for good, but with LOFT_QUEUE_STALLS beside a push
 *             under way
 *   otherwise as pop with deadline 0
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_pop)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T *out)
{
    if (LOFT_QUEUE_FN(grab_)(q LOFT_QUEUE_PASS_, out, 1u) == 0)
        return false;
    LOFT_QUEUE_FN(vacate_)(q, 1u);
    return true;
}

/* NAME_push_n - append the first elements of v[0..n), until one is refused; who waits is woken once they are all in.
 *   returns   how many went in, 0 to n
 *   otherwise as try_push, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(push_n)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T const *v, size_t n)
{
#if LOFT_QUEUE_LIMIT
    const size_t most = n != 0 ? loft_blocking_take_(&q->vacant, n) : 0;
#else
    const size_t most = n;
#endif
    const size_t k = most != 0 ? LOFT_QUEUE_IN_(push_n)(&q->engine LOFT_QUEUE_PASS_, v, most) : 0;
    if (k != 0)
        loft_eventcount_notify(&q->items, k < UINT_MAX ? (unsigned)k : UINT_MAX);
#if LOFT_QUEUE_LIMIT
    if (k < most)
        LOFT_QUEUE_FN(vacate_)(q, most - k);
#endif
    if (k < n || (LOFT_QUEUE_OVERWRITES && k != 0))
        LOFT_QUEUE_FN(withdraw_)(q);
    return k;
}

/* NAME_pop_n - take up to n elements into out[0..n), until there is none.
 *   returns   how many came out, 0 to n; the rest of out is untouched
 *   otherwise as try_pop, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(pop_n)(LOFT_QUEUE_NAME *q LOFT_QUEUE_ME_, LOFT_QUEUE_T *out, size_t n)
{
    const size_t k = LOFT_QUEUE_FN(grab_)(q LOFT_QUEUE_PASS_, out, n);
    if (k != 0)
        LOFT_QUEUE_FN(vacate_)(q, k);
    return k;
}

/* NAME_close - nothing goes in any more; what is in can still be popped. Who waits for room is told LOFT_CLOSED, who
 * waits for an element when there is none left. Closing twice is closing once. With a scheme it takes a record.
 *   threads   as the engine's close
 *   progress  that of the engine's; a system call to wake everybody
 */
LOFT_API void
LOFT_QUEUE_FN(close)(LOFT_QUEUE_NAME *q LOFT_QUEUE_BY_)
{
    LOFT_QUEUE_IN_(close)(&q->engine LOFT_QUEUE_SHUT_);
    loft_eventcount_notify_all(&q->items);
#if LOFT_QUEUE_ROOM_
    loft_eventcount_notify_all(&q->room);
#endif
}

/* ---- observers --------------------------------------------------------------------------------------------------- */

/* NAME_is_closed - as the engine's. */
LOFT_API bool
LOFT_QUEUE_FN(is_closed)(const LOFT_QUEUE_NAME *q)
{
    return LOFT_QUEUE_IN_(is_closed)(&q->engine);
}

/* NAME_approx_len - as the engine's; with LOFT_QUEUE_LIMIT elements and calls under way, never above the limit, and
 * exact when nothing runs. Without a limit, it takes a record where there is a scheme, and is not there with
 * LOFT_QUEUE_UNBOUNDED. Any thread; wait-free, or what the engine says. */
#if defined(LOFT_QUEUE_SMR) && !LOFT_QUEUE_LIMIT
LOFT_API size_t
LOFT_QUEUE_FN(approx_len)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_RECORD *me)
{
    return LOFT_QUEUE_IN_(approx_len)(&q->engine, me);
}
#elif LOFT_QUEUE_LIMIT || !LOFT_QUEUE_UNBOUNDED
LOFT_API size_t
LOFT_QUEUE_FN(approx_len)(const LOFT_QUEUE_NAME *q)
{
#if LOFT_QUEUE_LIMIT
    return q->limit - loft_load(&q->vacant, relaxed);    /* approx_len:A relaxed: old news when it is read         */
#else
    return LOFT_QUEUE_IN_(approx_len)(&q->engine);
#endif
}
#endif

/* NAME_capacity - how many elements fit; SIZE_MAX: as many as memory takes. Any thread, wait-free. */
LOFT_API size_t
LOFT_QUEUE_FN(capacity)(const LOFT_QUEUE_NAME *q)
{
#if LOFT_QUEUE_LIMIT
    return q->limit;
#elif LOFT_QUEUE_ROOM_
    return LOFT_QUEUE_IN_(capacity)(&q->engine);
#else
    (void)q;
    return SIZE_MAX;
#endif
}

#undef LOFT_QUEUE_IN_
#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_ROOM_
#undef LOFT_QUEUE_SHUT_
#undef LOFT_QUEUE_BY_
#undef LOFT_QUEUE_PASS_
#undef LOFT_QUEUE_ME_
#undef LOFT_QUEUE_LIMIT
#undef LOFT_QUEUE_UNBOUNDED
#undef LOFT_QUEUE_OVERWRITES
#undef LOFT_QUEUE_STALLS
#undef LOFT_QUEUE_RECORD
#undef LOFT_QUEUE_SMR
#undef LOFT_QUEUE_ENGINE
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
