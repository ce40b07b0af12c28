/* SPDX-License-Identifier: MIT
 *
 * loft/queue/wcq.h - bounded wait-free multi-producer multi-consumer FIFO (wCQ), for elements of any type.
 *
 * Needs: core/base.h core/atomics.h core/dwcas.h core/alloc.h queue/wcq_ring.h
 *
 * USE IT WHEN         many threads push and pop, and each call must come to its end after a number of steps that is
 *                     known beforehand, whatever the others do and wherever they are stopped.
 * DO NOT USE IT WHEN  lock-freedom is enough (scq.h: the same queue, portable, a little faster, no joining).
 *
 * EXAMPLE
 *     #include <stdio.h>
 *
 *     struct job { int id; };
 *     #define LOFT_QUEUE_NAME  jobs
 *     #define LOFT_QUEUE_T     struct job
 *     #include <loft/queue/wcq.h>
 *
 *     int main(void)
 *     {
 *         jobs q;
 *         struct job j = { 7 };
 *         if (jobs_init(&q, 1024, 8) != LOFT_OK)                // for eight threads at a time
 *             return 1;
 *         jobs_thread *me = jobs_join(&q);                      // each thread for itself
 *         if (!me)
 *             return 1;
 *         if (!jobs_try_push(&q, me, j))
 *             puts("full");
 *         j.id = 0;
 *         if (jobs_try_pop(&q, me, &j))
 *             printf("job %d\n", j.id);
 *         jobs_leave(me);
 *         jobs_fini(&q);
 *         return j.id == 7 ? 0 : 1;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME    required  prefix of the generated types and functions
 *                     LOFT_QUEUE_T       required  element type, copied by assignment
 *                     LOFT_QUEUE_ALLOC   optional  (align, size) -> memory or NULL; default core/alloc.h. The size need
 *                                                  not be a multiple of the alignment
 *                     LOFT_QUEUE_FREE    optional  (ptr, align, size); both or neither
 *                     LOFT_WCQ_PATIENCE  optional  tickets that a call tries alone before it asks for help; 16. The
 *                                                  same in all files, as is
 *                     LOFT_WCQ_LOOKS     optional  looks that such a pop gives to a push under way; 32
 *
 * OPERATIONS          init  fini  join  leave  try_push  try_pop  push_n  pop_n  close  is_closed  approx_len  capacity
 *
 * TOGETHER            Everything but init and fini may run together with everything but init and fini. Calls with the
 *                     same `me` may not: that is one thread's.
 *
 * EDGES               those of wcq_ring.h carry the elements: push of an index into one ring -> pop of it
 *                     close:A, try_push:B -> try_pop:A, is_closed:A   who sees the flag sees the ring finalised
 *
 * HELP                A thread joins and is a member until it leaves; there may be as many at a time as init was told.
 *                     A call that has tried LOFT_WCQ_PATIENCE tickets in vain writes down what it wants. Each call
 *                     looks at one other member, the next one each time, and works on what that wants until it is done,
 *                     before it begins with its own. So while a request lasts each other member makes less than
 *                     `threads` calls of its own, and then they all work on it. A member that stops for ever is helped
 *                     once, and then costs the others one load each time they come by.
 *
 * FULL AND EMPTY      try_pop says empty only if there was an instant with nothing to take. try_push says full when all
 *                     n slots belong to elements or to operations under way, so with k other threads inside it may
 *                     refuse from n - k elements on; that is the price of never waiting for them.
 *
 * MEMORY              n * (sizeof(T) + 8 words of 8 bytes) + threads * 160 bytes in one allocation at init; none later.
 *
 * PROGRESS            All but init and fini: wait-free, where a compare-exchange of a pair and of its second word is an
 *                     instruction (x86-64, aarch64 with LSE; elsewhere lock-free). At most so many atomic accesses,
 *                     for k threads and patience P:
 *
 *                         E = (k-1) * floor(k/2) + 1                    searches that begin while a request lasts
 *                         D = E * (2n + 3k - 1) + (k-1)^2 + 2n + k      tickets drawn meanwhile
 *                         R = 24D + 8k + 24                             for who works on it from beginning to end
 *                         C = 2R + P * (9k + 2 * LOOKS + 6) + 2k + 12   push or pop of one ring, and help before it
 *                         3C + 3                                        try_push; 2C + 1: try_pop; k: join
 *
 *                     docs/queue/wcq.md has the argument, and what was seen.
 *
 * SOURCE              Ruslan Nikolaev, Binoy Ravindran, wCQ: A Fast Wait-Free Queue with Bounded Memory Usage, SPAA
 *                     2022. wcq_ring.h says what is ours. close is as in scq.h.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/dwcas.h"
#include "../core/alloc.h"
#include "wcq_ring.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !LOFT_HAVE_DWCAS || UINTPTR_MAX != UINT64_MAX
#  error "loft/queue/wcq.h: this target has no compare-exchange of 16 bytes; loft/queue/scq.h is lock-free without it"
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/wcq.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/wcq.h: define LOFT_QUEUE_T (element type) before including"
#elif defined(LOFT_QUEUE_ALLOC) != defined(LOFT_QUEUE_FREE)
#  error "loft/queue/wcq.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together"
#else

#if !defined(LOFT_QUEUE_ALLOC)
#  define LOFT_QUEUE_ALLOC(align, size)      loft_alloc_aligned((align), (size))
#  define LOFT_QUEUE_FREE(ptr, align, size)  loft_free_aligned((ptr), (align), (size))
#endif
#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_QUEUE_T>::value,
                   "loft/queue/wcq.h: LOFT_QUEUE_T must be trivially copyable");
#endif

LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_QUEUE_T) <= LOFT_CACHELINE,
                   "loft/queue/wcq.h: LOFT_QUEUE_T must not be aligned to more than LOFT_CACHELINE");

/* It points into itself: once initialised it must not be moved or copied. */
typedef struct LOFT_QUEUE_NAME {
    LOFT_QUEUE_T *slot;                                  /* n elements; fixed after init, with the next two */
    size_t bytes;                                        /* of the one allocation, which begins at memory   */
    void *memory;
    LOFT_ATOMIC(unsigned) closed;                        /* 1: closed; written once                         */
    char pad0_[LOFT_CACHELINE];
    loft_scq_lane pushing;                               /* head of vacant, tail of filled                  */
    loft_scq_lane popping;                               /* head of filled, tail of vacant                  */
    loft_wcq rings;                                      /* and who takes part                              */
} LOFT_QUEUE_NAME;

/* A thread that takes part. */
typedef loft_wcq_member LOFT_QUEUE_FN(thread);

/* NAME_start_at_ - let an empty queue that no other thread sees go on counting from `ticket`; for wraparound tests. */
LOFT_API void
LOFT_QUEUE_FN(start_at_)(LOFT_QUEUE_NAME *q, size_t ticket)
{
    const unsigned order = q->rings.ring[LOFT_WCQ_FILLED].order;
    char *const second = (char *)q->memory + loft_wcq_ring_bytes(order);
    loft_wcq_ring_init_(&q->rings.ring[LOFT_WCQ_FILLED], q->memory, &q->popping.head, &q->pushing.tail, order,
                        q->rings.members, false, ticket);
    loft_wcq_ring_init_(&q->rings.ring[LOFT_WCQ_VACANT], second, &q->pushing.head, &q->popping.tail, order,
                        q->rings.members, true, ticket);
}

/* NAME_init - an empty queue with room for exactly `capacity` elements, for at most `threads` threads at a time.
 *   returns   LOFT_OK; LOFT_NOTSUP: this processor lacks the compare-exchange of 16 bytes; LOFT_INVAL: capacity is not
 *             a power of two, below 2, above 2^31 or more than an object can hold, or threads is 0 or above
 *             LOFT_WCQ_MEMBERS_MAX; LOFT_NOMEM. Nothing to undo unless OK
 *   threads   quiescent; other threads may use the queue once it has been handed over (a release and an acquire)
 *   progress  the allocator's
 *   cost      one allocation, and a write to each of its words but the elements
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t capacity, size_t threads)
{
    const unsigned order = loft_scq_order_(capacity);
    const size_t ring = loft_wcq_ring_bytes(order);
    if (!loft_dw_supported())
        return LOFT_NOTSUP;
    if (ring == 0 || threads == 0 || threads > LOFT_WCQ_MEMBERS_MAX)
        return LOFT_INVAL;
    const size_t members = threads * sizeof(loft_wcq_member);
    const size_t slots = (members + LOFT_CACHELINE - 1u) / LOFT_CACHELINE * LOFT_CACHELINE + 2u * ring;
    if (capacity > ((size_t)PTRDIFF_MAX - slots) / sizeof(LOFT_QUEUE_T))
        return LOFT_INVAL;
    const size_t bytes = slots + capacity * sizeof(LOFT_QUEUE_T);
    void *memory = LOFT_QUEUE_ALLOC(LOFT_CACHELINE, bytes);
    if (!memory)
        return LOFT_NOMEM;
    q->memory = memory;
    q->bytes = bytes;
    q->slot = (LOFT_QUEUE_T *)(void *)((char *)memory + slots);
    loft_init(&q->closed, 0u);
    loft_wcq_members_init_(&q->rings, (loft_wcq_member *)(void *)((char *)memory + 2u * ring), (unsigned)threads);
    q->rings.ring[LOFT_WCQ_FILLED].order = order;
    LOFT_QUEUE_FN(start_at_)(q, 0);
    return LOFT_OK;
}

/* NAME_fini - the end of the queue; elements still in it are dropped, and who has joined has left.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 *   cost      frees what init allocated
 */
LOFT_API void
LOFT_QUEUE_FN(fini)(LOFT_QUEUE_NAME *q)
{
    LOFT_ASSERT(q->slot && "loft/queue/wcq.h: fini of a queue that is not initialised");
    LOFT_QUEUE_FREE(q->memory, LOFT_CACHELINE, q->bytes);
    q->slot = NULL;
    q->memory = NULL;
}

/* NAME_join - let the calling thread take part.
 *   returns   who it is from now on, in each call; NULL: as many as init was told take part, or join at this moment
 *   threads   any; a thread may join more than once, and each of its members counts
 *   progress  wait-free: one RMW for each member there may be
 */
LOFT_NODISCARD LOFT_API LOFT_QUEUE_FN(thread) *
LOFT_QUEUE_FN(join)(LOFT_QUEUE_NAME *q)
{
    LOFT_ASSERT(q->slot && "loft/queue/wcq.h: the queue is not initialised");
    return loft_wcq_join(&q->rings);
}

/* NAME_leave - the end of that; `me` is nobody's, and may be given to the next thread that joins. Wait-free.
 *   threads   who uses `me`, in no other call
 */
LOFT_API void
LOFT_QUEUE_FN(leave)(LOFT_QUEUE_FN(thread) *me)
{
    loft_wcq_leave(me);
}

/* NAME_try_push - append v.
 *   returns   false: full (see FULL AND EMPTY) or closed, and nothing changed
 *   threads   any that has joined
 *   progress  wait-free
 *   order     everything before this call happens-before the return of the try_pop that takes v
 *   cost      two fetch-and-adds and two CAS, on four lines besides the slot; one load when full for a while
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_push)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_FN(thread) *me, LOFT_QUEUE_T v)
{
    LOFT_ASSERT(q->slot && "loft/queue/wcq.h: the queue is not initialised");
    if (LOFT_UNLIKELY(loft_load(&q->closed, relaxed)))    /* try_push:A relaxed: only spares the ring refused tickets */
        return false;
    const size_t i = loft_wcq_pop(&q->rings, LOFT_WCQ_VACANT, me, false);
    if (i == LOFT_WCQ_NONE)
        return false;
    loft_plain_write(&q->slot[i], v);
    if (LOFT_LIKELY(loft_wcq_push(&q->rings, LOFT_WCQ_FILLED, me, i)))
        return true;
    loft_store(&q->closed, 1u, release);                     /* try_push:B release -> try_pop:A, is_closed:A: who closes
                                                                 may sleep before saying what the ring has said */
    const bool back = loft_wcq_push(&q->rings, LOFT_WCQ_VACANT, me, i);   /* this ring is never finalised */
    LOFT_ASSERT(back);
    (void)back;
    return false;
}

/* NAME_try_pop - take the oldest element.
 *   returns   false: empty, and *out is untouched; after close(), for good
 *   threads   any that has joined
 *   progress  wait-free
 *   order     everything before the try_push of the element happens-before the return
 *   cost      two fetch-and-adds and two CAS, on four lines besides the slot; one load when empty for a while
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_pop)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_FN(thread) *me, LOFT_QUEUE_T *out)
{
    LOFT_ASSERT(q->slot && "loft/queue/wcq.h: the queue is not initialised");
    const bool closed = loft_load(&q->closed, acquire) != 0;  /* try_pop:A acquire <- close:A, try_push:B: finalised */
    const size_t i = loft_wcq_pop(&q->rings, LOFT_WCQ_FILLED, me, closed);
    if (i == LOFT_WCQ_NONE)
        return false;
    *out = loft_plain_read(&q->slot[i]);
    const bool back = loft_wcq_push(&q->rings, LOFT_WCQ_VACANT, me, i);   /* this ring is never finalised */
    LOFT_ASSERT(back);
    (void)back;
    return true;
}

/* NAME_push_n - append the first elements of v[0..n), until one is refused.
 *   returns   how many went in, 0 to n; other threads' elements may come between them
 *   otherwise as try_push, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(push_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_FN(thread) *me, LOFT_QUEUE_T const *v, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_QUEUE_FN(try_push)(q, me, v[i]))
        i++;
    return i;
}

/* NAME_pop_n - take up to n elements into out[0..n), until there is none.
 *   returns   how many came out, 0 to n; the rest of out is untouched
 *   otherwise as try_pop, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(pop_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_FN(thread) *me, LOFT_QUEUE_T *out, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_QUEUE_FN(try_pop)(q, me, &out[i]))
        i++;
    return i;
}

/* NAME_close - nothing goes in any more; what is in can still be popped. Closing twice is closing once.
 *   threads   any, joined or not
 *   progress  wait-free
 *   order     a push that begins after it is refused; one under way may still get in. Once a pop that began after it
 *             has found nothing, no pop that begins later finds anything
 */
LOFT_API void
LOFT_QUEUE_FN(close)(LOFT_QUEUE_NAME *q)
{
    loft_wcq_finalise(&q->rings);
    loft_store(&q->closed, 1u, release);                      /* close:A release -> try_pop:A, is_closed:A: finalised */
}

/* NAME_is_closed - has close() been called? Any thread, wait-free; if true, the pops that follow drain for good. */
LOFT_API bool
LOFT_QUEUE_FN(is_closed)(const LOFT_QUEUE_NAME *q)
{
    return loft_load(&q->closed, acquire) != 0;              /* is_closed:A acquire <- close:A, try_push:B: as said */
}

/* NAME_approx_len - how many elements there were a moment ago; never above the capacity. When nothing runs it is not
 * too low, and exact but for tickets that pushes have given up or close has refused. Any thread, wait-free. */
LOFT_API size_t
LOFT_QUEUE_FN(approx_len)(const LOFT_QUEUE_NAME *q)
{
    return loft_wcq_approx_len(&q->rings.ring[LOFT_WCQ_FILLED]);
}

/* NAME_capacity - how many elements fit. Any thread, wait-free. */
LOFT_API size_t
LOFT_QUEUE_FN(capacity)(const LOFT_QUEUE_NAME *q)
{
    return (size_t)1 << q->rings.ring[LOFT_WCQ_FILLED].order;
}

#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_ALLOC
#undef LOFT_QUEUE_FREE
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
