/* SPDX-License-Identifier: MIT
 *
 * loft/queue/scq.h - bounded lock-free multi-producer multi-consumer FIFO (SCQ), for elements of any type.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h queue/scq_ring.h
 *
 * USE IT WHEN         many threads push and pop, a full queue may refuse, and nobody may wait for a thread that the
 *                     system has put to sleep.
 * DO NOT USE IT WHEN  one thread feeds one thread (spsc.h is several times faster).
 *
 * EXAMPLE
 *     #include <stdio.h>
 *
 *     struct job { int id; };
 *     #define LOFT_QUEUE_NAME  jobs
 *     #define LOFT_QUEUE_T     struct job
 *     #include <loft/queue/scq.h>
 *
 *     int main(void)
 *     {
 *         jobs q;
 *         struct job j = { 7 };
 *         if (jobs_init(&q, 1024) != LOFT_OK)
 *             return 1;
 *         if (!jobs_try_push(&q, j))
 *             puts("full");
 *         j.id = 0;
 *         if (jobs_try_pop(&q, &j))
 *             printf("job %d\n", j.id);
 *         jobs_fini(&q);
 *         return j.id == 7 ? 0 : 1;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME   required  prefix of the generated type and functions
 *                     LOFT_QUEUE_T      required  element type, copied by assignment
 *                     LOFT_QUEUE_ALLOC  optional  (align, size) -> memory or NULL; default core/alloc.h. The size
 *                                                 need not be a multiple of the alignment
 *                     LOFT_QUEUE_FREE   optional  (ptr, align, size); both or neither
 *
 * OPERATIONS          init  fini  try_push  try_pop  push_n  pop_n  close  is_closed  approx_len  capacity
 *
 * TOGETHER            Everything but init and fini may run together with everything but init and fini, from any number
 *                     of threads (up to the capacity or 256, whichever is more: LOFT_SCQ_THREADS in scq_ring.h).
 *
 * EDGES               those of scq_ring.h carry the elements: push of an index into one ring -> pop of it
 *                     close:A, try_push:B -> try_pop:A, is_closed:A   who sees the flag sees the ring finalised
 *
 * FULL AND EMPTY      try_pop says empty only if there was an instant with nothing to take. try_push says full when all
 *                     n slots belong to elements or to operations under way, so with k other threads inside it may
 *                     refuse from n - k elements on; that is the price of never waiting for them.
 *
 * MEMORY              n * (sizeof(T) + 4 words of 8 bytes) in one allocation at init; none later.
 *
 * PROGRESS            try_push, try_pop, push_n, pop_n: lock-free. close, is_closed, approx_len, capacity: wait-free.
 *
 * SOURCE              Ruslan Nikolaev, A Scalable, Portable, and Memory-Efficient Lock-Free FIFO Queue, DISC 2019: the
 *                     array of data between two index rings, one of free and one of filled slots (figures 5 and 8).
 *                     close is ours: finalisation as in the paper's LSCQ, and a drain that ignores the threshold.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "scq_ring.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/scq.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/scq.h: define LOFT_QUEUE_T (element type) before including"
#elif defined(LOFT_QUEUE_ALLOC) != defined(LOFT_QUEUE_FREE)
#  error "loft/queue/scq.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together"
#else

#if !defined(LOFT_QUEUE_ALLOC)
#  define LOFT_QUEUE_ALLOC(align, size)      loft_alloc_aligned((align), (size))
#  define LOFT_QUEUE_FREE(ptr, align, size)  loft_free_aligned((ptr), (align), (size))
#endif
#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_QUEUE_T>::value,
                   "loft/queue/scq.h: LOFT_QUEUE_T must be trivially copyable");
#endif

LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_QUEUE_T) <= LOFT_CACHELINE,
                   "loft/queue/scq.h: LOFT_QUEUE_T must not be aligned to more than LOFT_CACHELINE");

/* It points into itself: once initialised it must not be moved or copied. */
typedef struct LOFT_QUEUE_NAME {
    LOFT_QUEUE_T *slot;                                  /* n elements; fixed after init, with the next two */
    size_t bytes;                                        /* of the one allocation, which begins at memory   */
    void *memory;
    LOFT_ATOMIC(unsigned) closed;                        /* 1: closed; written once                         */
    char pad0_[LOFT_CACHELINE];
    loft_scq_lane pushing;                               /* head of vacant, tail of filled                  */
    loft_scq_lane popping;                               /* head of filled, tail of vacant                  */
    loft_scq_ring filled;                                /* slots that hold an element, oldest first        */
    loft_scq_ring vacant;                                /* slots that hold none                            */
} LOFT_QUEUE_NAME;

/* NAME_start_at_ - let an empty queue that no other thread sees go on counting from `ticket`; for wraparound tests. */
LOFT_API void
LOFT_QUEUE_FN(start_at_)(LOFT_QUEUE_NAME *q, size_t ticket)
{
    const unsigned order = q->filled.order;
    void *const second = (char *)(void *)q->slot - loft_scq_ring_bytes(order);
    loft_scq_ring_init(&q->filled, q->memory, &q->popping.head, &q->pushing.tail, order, false, ticket);
    loft_scq_ring_init(&q->vacant, second, &q->pushing.head, &q->popping.tail, order, true, ticket);
}

/* NAME_init - an empty queue with room for exactly `capacity` elements.
 *   returns   LOFT_OK; LOFT_INVAL: capacity is not a power of two, below 2, above 2^31 (2^16 where words have 32 bits)
 *             or more than an object can hold; LOFT_NOMEM. Nothing to undo unless OK
 *   threads   quiescent; other threads may use the queue once it has been handed over (a release and an acquire)
 *   progress  the allocator's
 *   cost      one allocation, and a write to each of its words but the elements
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t capacity)
{
    const unsigned order = loft_scq_order_(capacity);
    const size_t entries = loft_scq_ring_bytes(order);
    const size_t ring = entries < LOFT_CACHELINE && entries != 0 ? LOFT_CACHELINE : entries;
    if (ring == 0 || ring > (size_t)PTRDIFF_MAX / 2u
        || capacity > ((size_t)PTRDIFF_MAX - 2u * ring) / sizeof(LOFT_QUEUE_T))
        return LOFT_INVAL;
    const size_t bytes = 2u * ring + capacity * sizeof(LOFT_QUEUE_T);
    void *memory = LOFT_QUEUE_ALLOC(LOFT_CACHELINE, bytes);
    if (!memory)
        return LOFT_NOMEM;
    q->memory = memory;
    q->bytes = bytes;
    q->slot = (LOFT_QUEUE_T *)(void *)((char *)memory + 2u * ring);
    q->filled.order = order;
    loft_init(&q->closed, 0u);
    LOFT_QUEUE_FN(start_at_)(q, 0);
    return LOFT_OK;
}

/* NAME_fini - the end of the queue; elements still in it are dropped.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 *   cost      frees what init allocated
 */
LOFT_API void
LOFT_QUEUE_FN(fini)(LOFT_QUEUE_NAME *q)
{
    LOFT_ASSERT(q->slot && "loft/queue/scq.h: fini of a queue that is not initialised");
    LOFT_QUEUE_FREE(q->memory, LOFT_CACHELINE, q->bytes);
    q->slot = NULL;
    q->memory = NULL;
}

/* NAME_try_push - append v.
 *   returns   false: full (see FULL AND EMPTY) or closed, and nothing changed
 *   threads   any
 *   progress  lock-free
 *   order     everything before this call happens-before the return of the try_pop that takes v. A refusal tells of
 *             nothing: is_closed() says which it was, and knows what happened before the close
 *   cost      two fetch-and-adds, an OR and a CAS, on four lines besides the slot; one load when full for a while
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_push)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T v)
{
    LOFT_ASSERT(q->slot && "loft/queue/scq.h: the queue is not initialised");
    if (LOFT_UNLIKELY(loft_load(&q->closed, relaxed)))    /* try_push:A relaxed: only spares the ring refused tickets */
        return false;
    const size_t i = loft_scq_ring_pop(&q->vacant);
    if (i == LOFT_SCQ_NONE)
        return false;
    loft_plain_write(&q->slot[i], v);
    if (LOFT_LIKELY(loft_scq_ring_push(&q->filled, i)))
        return true;
    loft_store(&q->closed, 1u, release);                     /* try_push:B release -> try_pop:A, is_closed:A: who closes
                                                                 may sleep before saying what the ring has said */
    const bool back = loft_scq_ring_push(&q->vacant, i);      /* the ring of vacant slots is never finalised */
    LOFT_ASSERT(back);
    (void)back;
    return false;
}

/* NAME_try_pop - take the oldest element.
 *   returns   false: empty, and *out is untouched; after close(), for good
 *   threads   any
 *   progress  lock-free
 *   order     everything before the try_push of the element happens-before the return
 *   cost      two fetch-and-adds, an OR and a CAS, on four lines besides the slot; one load when empty for a while
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_pop)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out)
{
    LOFT_ASSERT(q->slot && "loft/queue/scq.h: the queue is not initialised");
    const unsigned closed = loft_load(&q->closed, acquire);   /* try_pop:A acquire <- close:A, try_push:B: finalised */
    const size_t i = LOFT_UNLIKELY(closed) ? loft_scq_ring_pop_final(&q->filled) : loft_scq_ring_pop(&q->filled);
    if (i == LOFT_SCQ_NONE)
        return false;
    *out = loft_plain_read(&q->slot[i]);
    const bool back = loft_scq_ring_push(&q->vacant, i);      /* the ring of vacant slots is never finalised */
    LOFT_ASSERT(back);
    (void)back;
    return true;
}

/* NAME_push_n - append the first elements of v[0..n), until one is refused.
 *   returns   how many went in, 0 to n; other threads' elements may come between them
 *   otherwise as try_push, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(push_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T const *v, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_QUEUE_FN(try_push)(q, v[i]))
        i++;
    return i;
}

/* NAME_pop_n - take up to n elements into out[0..n), until there is none.
 *   returns   how many came out, 0 to n; the rest of out is untouched
 *   otherwise as try_pop, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(pop_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_QUEUE_FN(try_pop)(q, &out[i]))
        i++;
    return i;
}

/* NAME_close - nothing goes in any more; what is in can still be popped. Closing twice is closing once.
 *   threads   any
 *   progress  wait-free
 *   order     a push that begins after it is refused; one under way may still get in. Once a pop that began after it
 *             has found nothing, no pop that begins later finds anything
 */
LOFT_API void
LOFT_QUEUE_FN(close)(LOFT_QUEUE_NAME *q)
{
    loft_scq_ring_finalise(&q->filled);
    loft_store(&q->closed, 1u, release);                      /* close:A release -> try_pop:A, is_closed:A: finalised */
}

/* NAME_is_closed - has close() been called? Any thread, wait-free; if true, the pops that follow drain for good, and
 * what happened before the close is known. */
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
    return loft_scq_ring_approx_len(&q->filled);
}

/* NAME_capacity - how many elements fit. Any thread, wait-free. */
LOFT_API size_t
LOFT_QUEUE_FN(capacity)(const LOFT_QUEUE_NAME *q)
{
    return (size_t)1 << q->filled.order;
}

#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_ALLOC
#undef LOFT_QUEUE_FREE
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
