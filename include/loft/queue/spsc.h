/* SPDX-License-Identifier: MIT
 *
 * loft/queue/spsc.h - bounded single-producer single-consumer FIFO ring, for elements of any type.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h queue/linger.h
 *
 * USE IT WHEN         one thread feeds one thread and a full queue may refuse.
 * DO NOT USE IT WHEN  two threads push or two threads pop (take scq.h), or the element is one word and speed is
 *                     everything (take spsc_word.h).
 *
 * EXAMPLE
 *     #include <stdio.h>
 *
 *     #define LOFT_QUEUE_NAME  lines
 *     #define LOFT_QUEUE_T     int
 *     #include <loft/queue/spsc.h>
 *
 *     int main(void)
 *     {
 *         lines q;
 *         int got = 0;
 *         if (lines_init(&q, 1000) != LOFT_OK)
 *             return 1;
 *         if (!lines_try_push(&q, 42))
 *             puts("full");
 *         if (lines_try_pop(&q, &got))
 *             printf("%d\n", got);
 *         lines_fini(&q);
 *         return got == 42 ? 0 : 1;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME   required  prefix of the generated type and functions
 *                     LOFT_QUEUE_T      required  element type, copied by assignment
 *                     LOFT_QUEUE_ALLOC  optional  (align, size) -> memory or NULL; default core/alloc.h. The size
 *                                                 need not be a multiple of the alignment
 *                     LOFT_QUEUE_FREE   optional  (ptr, align, size); both or neither
 *
 * OPERATIONS          init  init_with  fini
 *                     try_push  push_n  reserve  commit  reserve_n  commit_n  close         the producer
 *                     try_pop   pop_n   peek     release  peek_n    release_n               the consumer
 *                     is_closed  approx_len  capacity                                       any thread
 *
 * TOGETHER                       producer's  consumer's  any thread's  init fini
 *                   producer's      X           -            -            X       - safe at the same time
 *                   consumer's      -           X            -            X       X the caller must exclude
 *
 * EDGES               commit_n:B  -> ready:B       an element is whole before it is seen
 *                     release_n:B -> room:C        an element is taken before its slot is filled again
 *                     close:B     -> is_closed:A   who sees it closed sees everything pushed before
 *                     release_n:B -> approx_len:A  the tail read next is not older than this head
 *
 * MEMORY              capacity * sizeof(T) and nothing more; every slot is usable. The two sides' words are
 *                     LOFT_CACHELINE apart; the structure needs no special alignment.
 *
 * PROGRESS            every operation is wait-free: no read-modify-write; at most five atomic accesses per call (push_n
 *                     and pop_n: ten) and, where the sides run glued together, the bounded wait of linger.h.
 *
 * SOURCE              Lamport 1977, with each side keeping a copy of the other's index and reading the real one only
 *                     when the copy says full or empty (Lee, Bu, Chandranmenon 2010: MCRingBuffer). Positions and
 *                     counters are kept apart, so that any capacity works and no slot is lost to tell full from empty.
 *                     The wait of linger.h is ours.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "linger.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/spsc.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/spsc.h: define LOFT_QUEUE_T (element type) before including"
#elif defined(LOFT_QUEUE_ALLOC) != defined(LOFT_QUEUE_FREE)
#  error "loft/queue/spsc.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together"
#else

#if !defined(LOFT_QUEUE_ALLOC)
#  define LOFT_QUEUE_ALLOC(align, size)      loft_alloc_aligned((align), (size))
#  define LOFT_QUEUE_FREE(ptr, align, size)  loft_free_aligned((ptr), (align), (size))
#endif
#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)

#if LOFT_CPLUSPLUS
LOFT_STATIC_ASSERT(std::is_trivially_copyable<LOFT_QUEUE_T>::value,
                   "loft/queue/spsc.h: LOFT_QUEUE_T must be trivially copyable");
#endif

LOFT_STATIC_ASSERT(LOFT_ALIGNOF(LOFT_QUEUE_T) <= LOFT_CACHELINE,
                   "loft/queue/spsc.h: LOFT_QUEUE_T must not be aligned to more than LOFT_CACHELINE");

/* Each side has one line of its own. It repeats what is fixed after init, so that a call touches this line, the slot,
 * and the peer's line only when the copy of the peer's counter runs out. */
typedef struct LOFT_QUEUE_NAME {
    LOFT_ATOMIC(size_t) tail;                            /* elements ever pushed; written by the producer only      */
    LOFT_ATOMIC(unsigned) closed;                        /* 1: no push after this; written by the producer only     */
    size_t tail_limit;                                   /* tail may grow to here before head must be read again    */
    size_t tail_at;                                      /* the slot of the next push                               */
    LOFT_QUEUE_T *tail_slots;
    size_t tail_capacity;
    loft_linger tail_linger;
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(size_t) head;                            /* elements ever popped; written by the consumer only      */
    size_t head_limit;                                   /* head may grow to here before tail must be read again    */
    size_t head_at;                                      /* the slot of the next pop                                */
    LOFT_QUEUE_T *head_slots;
    size_t head_capacity;
    loft_linger head_linger;
    bool owned;                                          /* the slots came from LOFT_QUEUE_ALLOC                    */
    char pad1_[LOFT_CACHELINE];
} LOFT_QUEUE_NAME;

/* ---- init and fini --------------------------------------------------------------------------------------------- */

/* NAME_start_at_ - let an empty queue that no other thread sees go on counting from `ticket`; for wraparound tests. */
LOFT_API void
LOFT_QUEUE_FN(start_at_)(LOFT_QUEUE_NAME *q, size_t ticket)
{
    loft_init(&q->tail, ticket);
    loft_init(&q->head, ticket);
    q->tail_limit = ticket + q->tail_capacity;
    q->head_limit = ticket;
}

/* NAME_init_with - an empty queue in the caller's storage.
 *   returns   LOFT_OK; LOFT_INVAL: storage is NULL, or capacity is 0 or more than PTRDIFF_MAX bytes
 *   threads   quiescent
 *   progress  wait-free
 *   cost      no allocation; the storage must outlive the queue
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(init_with)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *storage, size_t capacity)
{
    if (!storage || capacity == 0 || capacity > (size_t)PTRDIFF_MAX / sizeof(LOFT_QUEUE_T))
        return LOFT_INVAL;
    q->tail_slots = storage;
    q->head_slots = storage;
    q->tail_capacity = capacity;
    q->head_capacity = capacity;
    q->tail_at = 0;
    q->head_at = 0;
    q->owned = false;
    loft_linger_init(&q->tail_linger);
    loft_linger_init(&q->head_linger);
    loft_init(&q->closed, 0u);
    LOFT_QUEUE_FN(start_at_)(q, 0);
    return LOFT_OK;
}

/* NAME_init - an empty queue with room for exactly `capacity` elements.
 *   returns   LOFT_OK; LOFT_INVAL: capacity is 0 or more than PTRDIFF_MAX bytes; LOFT_NOMEM. Nothing to undo unless OK
 *   threads   quiescent; another thread may use the queue once it has been handed over (a release and an acquire)
 *   progress  the allocator's
 *   cost      one allocation of capacity * sizeof(T) bytes
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t capacity)
{
    if (capacity == 0 || capacity > (size_t)PTRDIFF_MAX / sizeof(LOFT_QUEUE_T))
        return LOFT_INVAL;
    void *room = LOFT_QUEUE_ALLOC(LOFT_CACHELINE, capacity * sizeof(LOFT_QUEUE_T));
    if (!room)
        return LOFT_NOMEM;
    const loft_status s = LOFT_QUEUE_FN(init_with)(q, (LOFT_QUEUE_T *)room, capacity);
    q->owned = true;
    return s;
}

/* NAME_fini - the end of the queue; elements still in it are dropped, storage given to init_with stays the caller's.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 *   cost      frees what init allocated
 */
LOFT_API void
LOFT_QUEUE_FN(fini)(LOFT_QUEUE_NAME *q)
{
    LOFT_ASSERT(q->tail_slots && "loft/queue/spsc.h: fini of a queue that is not initialised");
    if (q->owned)
        LOFT_QUEUE_FREE(q->tail_slots, LOFT_CACHELINE, q->tail_capacity * sizeof(LOFT_QUEUE_T));
    q->tail_slots = NULL;
    q->head_slots = NULL;
}

/* ---- the producer ---------------------------------------------------------------------------------------------- */

/* How many slots are free, as far as it takes to answer for n of them; 0 once closed. */
LOFT_API size_t
LOFT_QUEUE_FN(room_)(LOFT_QUEUE_NAME *q, size_t n)
{
    LOFT_ASSERT(q->tail_slots && "loft/queue/spsc.h: the queue is not initialised");
    const size_t t = loft_load(&q->tail, relaxed);            /* room:A relaxed: only this thread writes tail */
    if (LOFT_LIKELY(q->tail_limit - t >= n))
        return q->tail_limit - t;
    if (loft_load(&q->closed, relaxed))                       /* room:B relaxed: only this thread writes closed.
                                                                 LP(false) */
        return 0;
    const size_t known = q->tail_limit;
    loft_linger_before(&q->tail_linger);
    q->tail_limit = q->tail_capacity + loft_load(&q->head, acquire);  /* room:C acquire <- release_n:B: drained.
                                                                 LP(false) */
    loft_linger_after(&q->tail_linger, q->tail_limit - known, LOFT_LINGER_ENOUGH(q->tail_capacity));
    return q->tail_limit - t;
}

/* NAME_reserve_n - up to n free slots in a row, to be filled in place.
 *   returns   how many, from *first on; 0: full or closed, and *first is untouched. Fewer than n also where the ring
 *             wraps: commit those, then ask again
 *   threads   one producer
 *   progress  wait-free
 *   order     the consumer has finished with the slots before they are handed out
 *   cost      no read-modify-write; reads the consumer's line only when fewer than n slots are known to be free
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(reserve_n)(LOFT_QUEUE_NAME *q, size_t n, LOFT_QUEUE_T **first)
{
    const size_t room = LOFT_QUEUE_FN(room_)(q, n);
    const size_t row = q->tail_capacity - q->tail_at;
    if (n > room)
        n = room;
    if (n > row)
        n = row;
    if (n)
        *first = q->tail_slots + q->tail_at;
    return n;
}

/* NAME_commit_n - hand the first n reserved slots to the consumer, at once and in order.
 *   threads   one producer; n is at most what the last reserve_n (or reserve: 1) gave; a push or close in between takes
 *             the reservation back
 *   progress  wait-free
 *   order     what the producer did before happens-before the consumer's peek of them
 *   cost      one store
 */
LOFT_API void
LOFT_QUEUE_FN(commit_n)(LOFT_QUEUE_NAME *q, size_t n)
{
    const size_t t = loft_load(&q->tail, relaxed);            /* commit_n:A relaxed: only this thread writes tail */
    LOFT_ASSERT(n <= q->tail_limit - t && "loft/queue/spsc.h: commit of more than was reserved");
    if (LOFT_UNLIKELY(n > q->tail_limit - t))                 /* close took the reservation back */
        return;
    q->tail_at += n;
    if (q->tail_at == q->tail_capacity)
        q->tail_at = 0;
    loft_store(&q->tail, t + n, release);                     /* commit_n:B release -> ready:B: whole before seen. LP */
}

/* NAME_reserve - the next free slot, to be filled in place, so that a large element is not copied twice.
 *   returns   the slot; NULL: full or closed
 *   otherwise as reserve_n with n = 1; a second reserve before commit gives the same slot
 */
LOFT_NODISCARD LOFT_API LOFT_QUEUE_T *
LOFT_QUEUE_FN(reserve)(LOFT_QUEUE_NAME *q)
{
    return LOFT_QUEUE_FN(room_)(q, 1) ? q->tail_slots + q->tail_at : NULL;
}

/* NAME_commit - hand the reserved slot to the consumer; commit_n with n = 1. */
LOFT_API void
LOFT_QUEUE_FN(commit)(LOFT_QUEUE_NAME *q)
{
    LOFT_QUEUE_FN(commit_n)(q, 1);
}

/* NAME_try_push - append v.
 *   returns   false: full or closed, and nothing changed. An element has its slot until it is released, which is the
 *             last thing a try_pop does
 *   threads   one producer
 *   progress  wait-free
 *   order     everything before this call happens-before the return of the try_pop that takes v
 *   cost      one store; a read of the consumer's line when the ring was last seen full
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_push)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T v)
{
    LOFT_QUEUE_T *slot = LOFT_QUEUE_FN(reserve)(q);
    if (!slot)
        return false;
    loft_plain_write(slot, v);
    LOFT_QUEUE_FN(commit)(q);
    return true;
}

/* NAME_push_n - append the first elements of v[0..n), as many as there is room for.
 *   returns   how many went in, 0 to n
 *   otherwise as try_push; a reader may see the part before the wrap first; two copies and two stores at most
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(push_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T const *v, size_t n)
{
    size_t pushed = 0;
    for (int part = 0; part < 2 && pushed < n; part++) {
        LOFT_QUEUE_T *row = NULL;
        const size_t k = LOFT_QUEUE_FN(reserve_n)(q, n - pushed, &row);
        if (k == 0)
            break;
        loft_plain_write_n(row, v + pushed, k);
        LOFT_QUEUE_FN(commit_n)(q, k);
        pushed += k;
    }
    return pushed;
}

/* NAME_close - nothing goes in any more; what is in can still be popped. Closing twice is closing once.
 *   threads   the producer
 *   progress  wait-free
 *   order     a thread that sees is_closed() sees every element pushed before: once a pop that began after that finds
 *             nothing, nothing will ever come
 */
LOFT_API void
LOFT_QUEUE_FN(close)(LOFT_QUEUE_NAME *q)
{
    q->tail_limit = loft_load(&q->tail, relaxed);             /* close:A relaxed: only this thread writes tail; sends
                                                                 the next push to the place that reads closed */
    loft_store(&q->closed, 1u, release);                   /* close:B release -> is_closed:A: after the last push. LP */
}

/* ---- the consumer ---------------------------------------------------------------------------------------------- */

/* How many elements are ready, as far as it takes to answer for n of them. */
LOFT_API size_t
LOFT_QUEUE_FN(ready_)(LOFT_QUEUE_NAME *q, size_t n)
{
    LOFT_ASSERT(q->head_slots && "loft/queue/spsc.h: the queue is not initialised");
    const size_t h = loft_load(&q->head, relaxed);            /* ready:A relaxed: only this thread writes head */
    if (LOFT_LIKELY(q->head_limit - h >= n))
        return q->head_limit - h;
    const size_t known = q->head_limit;
    loft_linger_before(&q->head_linger);
    q->head_limit = loft_load(&q->tail, acquire);             /* ready:B acquire <- commit_n:B: filled. LP(false) */
    loft_linger_after(&q->head_linger, q->head_limit - known, LOFT_LINGER_ENOUGH(q->head_capacity));
    return q->head_limit - h;
}

/* NAME_peek_n - up to n elements in a row, oldest first, to be read (or moved from) in place.
 *   returns   how many, from *first on; 0: empty, and *first is untouched. Fewer than n also where the ring wraps
 *   threads   one consumer
 *   progress  wait-free
 *   order     what the producer did before it committed them happens-before the return
 *   cost      no read-modify-write; reads the producer's line only when fewer than n elements are known to be there
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(peek_n)(LOFT_QUEUE_NAME *q, size_t n, LOFT_QUEUE_T **first)
{
    const size_t ready = LOFT_QUEUE_FN(ready_)(q, n);
    const size_t row = q->head_capacity - q->head_at;
    if (n > ready)
        n = ready;
    if (n > row)
        n = row;
    if (n)
        *first = q->head_slots + q->head_at;
    return n;
}

/* NAME_release_n - give the slots of the n oldest elements back to the producer.
 *   threads   one consumer; n is at most what the last peek_n (or peek: 1) gave
 *   progress  wait-free
 *   order     the consumer's reads of them happen-before the producer fills the slots again
 *   cost      one store
 */
LOFT_API void
LOFT_QUEUE_FN(release_n)(LOFT_QUEUE_NAME *q, size_t n)
{
    const size_t h = loft_load(&q->head, relaxed);            /* release_n:A relaxed: only this thread writes head */
    LOFT_ASSERT(n <= q->head_limit - h && "loft/queue/spsc.h: release of more than was peeked");
    q->head_at += n;
    if (q->head_at == q->head_capacity)
        q->head_at = 0;
    loft_store(&q->head, h + n, release);                 /* release_n:B release -> room:C, approx_len:A: drained. LP */
}

/* NAME_peek - the oldest element, in place.
 *   returns   the element, which stays in the queue until release; NULL: empty
 *   otherwise as peek_n with n = 1
 */
LOFT_NODISCARD LOFT_API LOFT_QUEUE_T *
LOFT_QUEUE_FN(peek)(LOFT_QUEUE_NAME *q)
{
    return LOFT_QUEUE_FN(ready_)(q, 1) ? q->head_slots + q->head_at : NULL;
}

/* NAME_release - drop the element that peek showed; release_n with n = 1. */
LOFT_API void
LOFT_QUEUE_FN(release)(LOFT_QUEUE_NAME *q)
{
    LOFT_QUEUE_FN(release_n)(q, 1);
}

/* NAME_try_pop - take the oldest element.
 *   returns   false: empty, and *out is untouched
 *   threads   one consumer
 *   progress  wait-free
 *   order     everything before the try_push of the element happens-before the return
 *   cost      one store; a read of the producer's line when the ring was last seen empty
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_pop)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out)
{
    LOFT_QUEUE_T *slot = LOFT_QUEUE_FN(peek)(q);
    if (!slot)
        return false;
    *out = loft_plain_read(slot);
    LOFT_QUEUE_FN(release)(q);
    return true;
}

/* NAME_pop_n - take up to n of the oldest elements into out[0..n).
 *   returns   how many came out, 0 to n; the rest of out is untouched
 *   otherwise as try_pop; two copies and two stores at most
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(pop_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *out, size_t n)
{
    size_t popped = 0;
    for (int part = 0; part < 2 && popped < n; part++) {
        LOFT_QUEUE_T *row = NULL;
        const size_t k = LOFT_QUEUE_FN(peek_n)(q, n - popped, &row);
        if (k == 0)
            break;
        loft_plain_read_n(out + popped, row, k);
        LOFT_QUEUE_FN(release_n)(q, k);
        popped += k;
    }
    return popped;
}

/* ---- observers ------------------------------------------------------------------------------------------------- */

/* NAME_is_closed - has close() been called?
 *   threads   any
 *   progress  wait-free
 *   order     if true, everything pushed is visible to the pops that follow
 */
LOFT_API bool
LOFT_QUEUE_FN(is_closed)(const LOFT_QUEUE_NAME *q)
{
    return loft_load(&q->closed, acquire) != 0;           /* is_closed:A acquire <- close:B: the last push is visible */
}

/* NAME_approx_len - how many elements there were a moment ago; exact when nothing runs, never above the capacity.
 *   threads   any
 *   progress  wait-free
 */
LOFT_API size_t
LOFT_QUEUE_FN(approx_len)(const LOFT_QUEUE_NAME *q)
{
    const size_t h = loft_load(&q->head, acquire);          /* approx_len:A acquire <- release_n:B: tail is not older */
    const size_t len = loft_load(&q->tail, relaxed) - h;     /* approx_len:B relaxed: A has seen to it that tail >= h */
    return len < q->tail_capacity ? len : q->tail_capacity;
}

/* NAME_capacity - how many elements fit. Any thread, wait-free. */
LOFT_API size_t
LOFT_QUEUE_FN(capacity)(const LOFT_QUEUE_NAME *q)
{
    return q->tail_capacity;
}

#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_ALLOC
#undef LOFT_QUEUE_FREE
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
