/* SPDX-License-Identifier: MIT
 *
 * loft/queue/spsc_word.h - bounded single-producer single-consumer FIFO ring for one-word elements.
 *
 * Needs: core/base.h core/atomics.h core/alloc.h queue/linger.h
 *
 * USE IT WHEN         one thread feeds one thread with pointers or integers and every nanosecond counts.
 * DO NOT USE IT WHEN  elements are wider than a word, or every value of the word is an element (take spsc.h).
 *
 * EXAMPLE
 *     #include <stdio.h>
 *
 *     #define LOFT_QUEUE_NAME  mail
 *     #define LOFT_QUEUE_T     const char *
 *     #include <loft/queue/spsc_word.h>
 *
 *     int main(void)
 *     {
 *         mail q;
 *         const char *got = NULL;
 *         if (mail_init(&q, 1000) != LOFT_OK)
 *             return 1;
 *         if (!mail_try_push(&q, "hello"))
 *             puts("full");
 *         if (mail_try_pop(&q, &got))
 *             puts(got);
 *         mail_fini(&q);
 *         return got ? 0 : 1;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME   required  prefix of the generated type and functions
 *                     LOFT_QUEUE_T      required  element type: a pointer, or an integer no wider than one
 *                     LOFT_QUEUE_NONE   optional  the one value never pushed: it marks vacant slots; default (T)0
 *                     LOFT_QUEUE_PROBE  optional  how far ahead the producer looks for room; default 64
 *                     LOFT_QUEUE_ALLOC  optional  (align, size) -> memory or NULL; default core/alloc.h. The size
 *                                                 need not be a multiple of the alignment
 *                     LOFT_QUEUE_FREE   optional  (ptr, align, size); both or neither
 *
 * OPERATIONS          init  init_with  fini
 *                     try_push  push_n  close          the producer
 *                     try_pop   pop_n                  the consumer
 *                     is_closed  approx_len  capacity  any thread
 *
 * TOGETHER                       producer's  consumer's  any thread's  init fini
 *                   producer's      X           -            -            X       - safe at the same time
 *                   consumer's      -           X            -            X       X the caller must exclude
 *
 * EDGES               try_push:B -> try_pop:B, try_pop:E   what the word points to is whole before the word is seen
 *                     try_pop:C  -> room:B       a slot, and all before it, is vacant before it is filled again
 *                     close:A    -> is_closed:A  who sees it closed sees everything pushed before
 *
 * WHY NO INDEX        The slot itself says whether it is vacant, so neither side reads the other's position and a line
 *                     moves once per lap and direction. The producer looks PROBE slots ahead: vacant there means vacant
 *                     up to there, because slots become vacant in order; one look buys room for PROBE pushes and keeps
 *                     the producer away from the line the consumer is emptying.
 *
 * MEMORY              capacity words; every slot is usable.
 *
 * PROGRESS            every operation is wait-free: at most five atomic accesses, or 5 + log2(PROBE) where a push looks
 *                     for room, and, where the sides run glued together, the bounded wait of linger.h. No
 *                     read-modify-write.
 *
 * SOURCE              Giacomoni, Moseley, Vachharajani, FastForward, PPoPP 2008 (the slot is the flag); Wang, Zhang,
 *                     Tang, Hua, B-Queue, IJPP 2013 (probing ahead, halving the distance where it fails).
 *                     The wait of linger.h is ours.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/alloc.h"
#include "linger.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/spsc_word.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/spsc_word.h: define LOFT_QUEUE_T (element type) before including"
#elif defined(LOFT_QUEUE_ALLOC) != defined(LOFT_QUEUE_FREE)
#  error "loft/queue/spsc_word.h: define LOFT_QUEUE_ALLOC and LOFT_QUEUE_FREE together"
#else

#if !defined(LOFT_QUEUE_ALLOC)
#  define LOFT_QUEUE_ALLOC(align, size)      loft_alloc_aligned((align), (size))
#  define LOFT_QUEUE_FREE(ptr, align, size)  loft_free_aligned((ptr), (align), (size))
#endif
#if !defined(LOFT_QUEUE_NONE)
#  define LOFT_QUEUE_NONE  ((LOFT_QUEUE_FN(word_))0)
#endif
#if !defined(LOFT_QUEUE_PROBE)
#  define LOFT_QUEUE_PROBE  64
#endif
#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)

/* NAME_word_ is the element type, unless that is none for this queue: then a word stands in for it, so that one mistake
 * gives one message. No floating point: -0.0 compares equal to a NONE of 0. */
#if LOFT_CPLUSPLUS
#  define LOFT_QUEUE_GOOD_ \
    (sizeof(LOFT_QUEUE_T) <= sizeof(void *) && (std::is_integral<LOFT_QUEUE_T>::value || \
     std::is_pointer<LOFT_QUEUE_T>::value || std::is_enum<LOFT_QUEUE_T>::value))
typedef std::conditional<LOFT_QUEUE_GOOD_, LOFT_QUEUE_T, uintptr_t>::type LOFT_QUEUE_FN(word_);
#else
/* Classes 1 to 5: integers, characters, enumerations, truth values, pointers. */
#  define LOFT_QUEUE_GOOD_ \
    (sizeof(LOFT_QUEUE_T) <= sizeof(void *) && __builtin_classify_type(*(LOFT_QUEUE_T *)0) >= 1 && \
     __builtin_classify_type(*(LOFT_QUEUE_T *)0) <= 5)
typedef __typeof__(__builtin_choose_expr(LOFT_QUEUE_GOOD_, *(LOFT_QUEUE_T *)0, (uintptr_t)0)) LOFT_QUEUE_FN(word_);
#endif
LOFT_STATIC_ASSERT(LOFT_QUEUE_GOOD_ && sizeof(LOFT_ATOMIC(LOFT_QUEUE_FN(word_))) == sizeof(LOFT_QUEUE_FN(word_)),
                   "loft/queue/spsc_word.h: LOFT_QUEUE_T must be a pointer or integer no wider than a pointer, "
                   "else take spsc.h");
LOFT_STATIC_ASSERT((LOFT_QUEUE_PROBE) >= 1, "loft/queue/spsc_word.h: LOFT_QUEUE_PROBE must be at least 1");

typedef LOFT_ATOMIC(LOFT_QUEUE_FN(word_)) LOFT_QUEUE_FN(slot);

/* Each side has one line of its own and repeats in it what is fixed after init. */
typedef struct LOFT_QUEUE_NAME {
    LOFT_ATOMIC(size_t) tail_at;                         /* the slot of the next push; written by the producer only */
    size_t room;                                         /* slots from there on that are known to be vacant         */
    LOFT_QUEUE_FN(slot) *tail_slots;
    size_t tail_capacity;
    loft_linger tail_linger;
    LOFT_ATOMIC(unsigned) closed;                        /* 1: no push after this; written by the producer only     */
    char pad0_[LOFT_CACHELINE];
    LOFT_ATOMIC(size_t) head_at;                         /* the slot of the next pop; written by the consumer only  */
    LOFT_QUEUE_FN(slot) *head_slots;
    size_t head_capacity;
    size_t run;                                          /* elements popped since the queue was last seen empty     */
    loft_linger head_linger;
    bool owned;                                          /* the slots came from LOFT_QUEUE_ALLOC                    */
    char pad1_[LOFT_CACHELINE];
} LOFT_QUEUE_NAME;

/* ---- init and fini ----------------------------------------------------------------------------------------------- */

/* NAME_start_at_ - let an empty queue that no other thread sees go on from slot `ticket` modulo its capacity; for
 * wraparound tests. */
LOFT_API void
LOFT_QUEUE_FN(start_at_)(LOFT_QUEUE_NAME *q, size_t ticket)
{
    loft_init(&q->tail_at, ticket % q->tail_capacity);
    loft_init(&q->head_at, ticket % q->tail_capacity);
    q->room = 0;
}

/* NAME_init_with - an empty queue in the caller's storage, an array of NAME_slot.
 *   returns   LOFT_OK; LOFT_INVAL: storage is NULL, or capacity is 0 or more than PTRDIFF_MAX bytes
 *   threads   quiescent
 *   cost      no allocation; writes every slot; the storage must outlive the queue
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(init_with)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_FN(slot) *storage, size_t capacity)
{
    if (!storage || capacity == 0 || capacity > (size_t)PTRDIFF_MAX / sizeof(LOFT_QUEUE_FN(slot)))
        return LOFT_INVAL;
    for (size_t i = 0; i < capacity; i++)
        loft_init(&storage[i], LOFT_QUEUE_NONE);
    q->tail_slots = storage;
    q->head_slots = storage;
    q->tail_capacity = capacity;
    q->head_capacity = capacity;
    q->owned = false;
    q->run = 0;
    loft_linger_init(&q->tail_linger);
    loft_linger_init(&q->head_linger);
    loft_init(&q->closed, 0u);
    LOFT_QUEUE_FN(start_at_)(q, 0);
    return LOFT_OK;
}

/* NAME_init - an empty queue with room for exactly `capacity` elements.
 *   returns   LOFT_OK; LOFT_INVAL: capacity is 0 or more than PTRDIFF_MAX bytes; LOFT_NOMEM. Nothing to undo unless OK
 *   threads   quiescent; another thread may use the queue once it has been handed over (a release and an acquire)
 *   cost      one allocation of capacity words, each written once
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q, size_t capacity)
{
    if (capacity == 0 || capacity > (size_t)PTRDIFF_MAX / sizeof(LOFT_QUEUE_FN(slot)))
        return LOFT_INVAL;
    void *room = LOFT_QUEUE_ALLOC(LOFT_CACHELINE, capacity * sizeof(LOFT_QUEUE_FN(slot)));
    if (!room)
        return LOFT_NOMEM;
    const loft_status s = LOFT_QUEUE_FN(init_with)(q, (LOFT_QUEUE_FN(slot) *)room, capacity);
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
    LOFT_ASSERT(q->tail_slots && "loft/queue/spsc_word.h: fini of a queue that is not initialised");
    if (q->owned)
        LOFT_QUEUE_FREE(q->tail_slots, LOFT_CACHELINE, q->tail_capacity * sizeof(LOFT_QUEUE_FN(slot)));
    q->tail_slots = NULL;
    q->head_slots = NULL;
}

/* ---- the producer ------------------------------------------------------------------------------------------------ */

/* Look for room: how many slots from slot `at` on are vacant, as far as one look that succeeds can tell; 0: none, or
 * closed. */
LOFT_API size_t
LOFT_QUEUE_FN(room_)(LOFT_QUEUE_NAME *q, size_t at)
{
    if (loft_load(&q->closed, relaxed))                       /* room:A relaxed: only this thread writes closed.
                                                                 LP(false) */
        return 0;
    loft_linger_before(&q->tail_linger);
    size_t reach = LOFT_QUEUE_PROBE;
    if (reach > q->tail_capacity)
        reach = q->tail_capacity;
    for (; reach; reach /= 2u) {
        size_t far = at + reach - 1u;
        if (far >= q->tail_capacity)
            far -= q->tail_capacity;
        if (loft_load(&q->tail_slots[far], acquire) == LOFT_QUEUE_NONE)  /* room:B acquire <- try_pop:C: vacant.
                                                                 LP(false), of the last look */
            break;
    }
    /* A probe cannot find more than its reach, so that much must do. */
    const size_t enough = LOFT_LINGER_ENOUGH(q->tail_capacity);
    loft_linger_after(&q->tail_linger, reach, enough < LOFT_QUEUE_PROBE ? enough : LOFT_QUEUE_PROBE);
    return reach;
}

/* NAME_try_push - append v.
 *   returns   false: full or closed, and nothing changed. An element has its slot until the try_pop that takes it has
 *             stored NONE there. LOFT_QUEUE_NONE is refused too, and a debug build stops there
 *   threads   one producer
 *   progress  wait-free
 *   order     everything before this call happens-before the return of the try_pop that takes v
 *   cost      two stores; one push in LOFT_QUEUE_PROBE reads a slot ahead
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_push)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_FN(word_) v)
{
    LOFT_ASSERT(q->tail_slots && "loft/queue/spsc_word.h: the queue is not initialised");
    LOFT_ASSERT(v != LOFT_QUEUE_NONE && "loft/queue/spsc_word.h: LOFT_QUEUE_NONE cannot be an element");
    if (LOFT_UNLIKELY(v == LOFT_QUEUE_NONE))
        return false;
    const size_t at = loft_load(&q->tail_at, relaxed);        /* try_push:A relaxed: only this thread writes tail_at */
    if (LOFT_UNLIKELY(q->room == 0)) {
        q->room = LOFT_QUEUE_FN(room_)(q, at);
        if (q->room == 0)
            return false;
    }
    q->room--;
    loft_store(&q->tail_slots[at], v, release);               /* try_push:B release -> try_pop:B, try_pop:E: v. LP */
    loft_store(&q->tail_at, at + 1u == q->tail_capacity ? 0 : at + 1u, relaxed); /* try_push:C relaxed: read by others
                                                                 only for approx_len */
    return true;
}

/* NAME_push_n - append the first elements of v[0..n), as many as there is room for.
 *   returns   how many went in, 0 to n
 *   otherwise as try_push, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(push_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_FN(word_) const *v, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_QUEUE_FN(try_push)(q, v[i]))
        i++;
    return i;
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
    q->room = 0;                                              /* sends the next push to the place that reads closed */
    loft_store(&q->closed, 1u, release);                   /* close:A release -> is_closed:A: after the last push. LP */
}

/* ---- the consumer ------------------------------------------------------------------------------------------------ */

/* NAME_try_pop - take the oldest element.
 *   returns   false: empty, and *out is untouched
 *   threads   one consumer
 *   progress  wait-free
 *   order     everything before the try_push of the element happens-before the return
 *   cost      two stores
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_pop)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_FN(word_) *out)
{
    LOFT_ASSERT(q->head_slots && "loft/queue/spsc_word.h: the queue is not initialised");
    const size_t at = loft_load(&q->head_at, relaxed);        /* try_pop:A relaxed: only this thread writes head_at */
    LOFT_QUEUE_FN(word_) v = loft_load(&q->head_slots[at], acquire);  /* try_pop:B acquire <- try_push:B: what v points
                                                                 to is whole. LP(false) */
    if (LOFT_UNLIKELY(v == LOFT_QUEUE_NONE)) {
        if (q->run == 0)
            return false;
        loft_linger_after(&q->head_linger, q->run, LOFT_LINGER_ENOUGH(q->head_capacity));
        loft_linger_before(&q->head_linger);
        q->run = 0;
        v = loft_load(&q->head_slots[at], acquire);           /* try_pop:E acquire <- try_push:B: as B. LP(false) */
        if (v == LOFT_QUEUE_NONE) {
            loft_linger_after(&q->head_linger, 0, 1);
            return false;
        }
    }
    q->run++;
    *out = v;
    loft_store(&q->head_slots[at], LOFT_QUEUE_NONE, release); /* try_pop:C release -> room:B: vacant up to here. LP */
    loft_store(&q->head_at, at + 1u == q->head_capacity ? 0 : at + 1u, relaxed); /* try_pop:D relaxed: read by others
                                                                 only for approx_len */
    return true;
}

/* NAME_pop_n - take up to n of the oldest elements into out[0..n).
 *   returns   how many came out, 0 to n; the rest of out is untouched
 *   otherwise as try_pop, for each element
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(pop_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_FN(word_) *out, size_t n)
{
    size_t i = 0;
    while (i < n && LOFT_QUEUE_FN(try_pop)(q, &out[i]))
        i++;
    return i;
}

/* ---- observers --------------------------------------------------------------------------------------------------- */

/* NAME_is_closed - has close() been called?
 *   threads   any
 *   progress  wait-free
 *   order     if true, everything pushed is visible to the pops that follow
 */
LOFT_API bool
LOFT_QUEUE_FN(is_closed)(const LOFT_QUEUE_NAME *q)
{
    return loft_load(&q->closed, acquire) != 0;           /* is_closed:A acquire <- close:A: the last push is visible */
}

/* NAME_approx_len - how many elements there were a moment ago; exact when nothing runs, never above the capacity.
 *   threads   any
 *   progress  wait-free
 */
LOFT_API size_t
LOFT_QUEUE_FN(approx_len)(const LOFT_QUEUE_NAME *q)
{
    const size_t h = loft_load(&q->head_at, relaxed);         /* approx_len:A relaxed: an estimate */
    const size_t t = loft_load(&q->tail_at, relaxed);         /* approx_len:B relaxed: an estimate */
    if (t != h)
        return t > h ? t - h : q->tail_capacity - (h - t);
    /* The same slot next for both: the ring is full if it holds something, else empty. */
    return loft_load(&q->tail_slots[h], relaxed) == LOFT_QUEUE_NONE ? 0 : q->tail_capacity;  /* approx_len:C relaxed: an
                                                                 estimate */
}

/* NAME_capacity - how many elements fit. Any thread, wait-free. */
LOFT_API size_t
LOFT_QUEUE_FN(capacity)(const LOFT_QUEUE_NAME *q)
{
    return q->tail_capacity;
}

#undef LOFT_QUEUE_GOOD_
#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_ALLOC
#undef LOFT_QUEUE_FREE
#undef LOFT_QUEUE_PROBE
#undef LOFT_QUEUE_NONE
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
