/* SPDX-License-Identifier: MIT
 *
 * loft/stack/intrusive.h - lock-free stack of nodes that are the caller's and stay readable: free lists, pools.
 *
 * Needs: core/base.h core/atomics.h core/backoff.h core/dwcas.h
 *
 * USE IT WHEN         the nodes are there anyway (slots of a pool, buffers, frames) and their memory is not given back
 *                     while the stack is in use: no allocation, no reclamation scheme, no thread records.
 * DO NOT USE IT WHEN  a node that was popped may be freed at once: somebody may just be reading its link (treiber.h).
 *
 * EXAMPLE
 *     #include <loft/core/atomics.h>
 *     struct block { LOFT_ATOMIC(uintptr_t) link; char bytes[56]; };
 *     #define LOFT_STACK_NAME   blocks
 *     #define LOFT_STACK_T      struct block
 *     #define LOFT_STACK_LINK   link
 *     #define LOFT_STACK_ARENA  16                             // without it: any node anywhere, by a wide exchange
 *     #include <loft/stack/intrusive.h>
 *     static struct block arena[100];
 *     int main(void)
 *     {
 *         static blocks vacant;
 *         struct block *b = NULL;
 *         if (blocks_init(&vacant, arena, 100) != LOFT_OK)
 *             return 1;
 *         for (size_t i = 0; i < 100; i++)
 *             blocks_push(&vacant, &arena[i]);
 *         if (!blocks_try_pop(&vacant, &b))
 *             return 1;
 *         b->bytes[0] = 1;
 *         blocks_push(&vacant, b);
 *         blocks_fini(&vacant);
 *         return b != &arena[99];
 *     }
 *
 * PARAMETERS          LOFT_STACK_NAME   required  prefix of the generated type and functions
 *                     LOFT_STACK_T      required  type of a node
 *                     LOFT_STACK_LINK   required  its member for the stack: LOFT_ATOMIC(uintptr_t); a node with
 *                                                 several can be in several stacks
 *                     LOFT_STACK_ARENA  optional  nodes are elements of one array, and this many bits are enough to
 *                                                 number them: 4 to 32, and fewer than LOFT_SEQ_BITS - 7
 *
 * OPERATIONS          init  fini  push  try_pop  push_chain  pop_all  set_next  next  is_empty
 *
 * TAGS                The head is what is on top and a tag, which makes each state of it another one, so that a pop
 *                     that slept cannot take a node that has been away for the one it knew.
 *                     With pointers both are changed by one exchange of two words (core/dwcas.h), and the tag counts
 *                     all changes, because the words are read one after the other: if it counted removals only, the
 *                     node could have come back in between, with another link. With LOFT_STACK_ARENA both are in one
 *                     loft_seq, which is read whole; the number has so many bits, the tag the rest, and it counts
 *                     removals, each call one. Tags wrap: a pop goes wrong if it sleeps between its load and its
 *                     exchange while others make exactly a multiple of 2^tag-bits removals and leave the same node on
 *                     top. LOFT_STACK_ARENA 16 leaves 48 bits of 64, a month of 10^8 removals a second; 32 leave 32, 43
 *                     seconds. With pointers it is 2^64 changes, 2^32 on 32-bit targets.
 *
 * TOGETHER            Everything but init and fini; set_next and next are for nodes that are the caller's.
 *
 * EDGES               give:A -> look:A   the links, and what the nodes hold
 *                     give:B -> look:B   the same
 *
 * MEMORY              A link in each node. Whoever has popped a node may do with it what it likes, but its memory must
 *                     stay readable while others may be in a call of this stack, and only set_next writes its link.
 *
 * PROGRESS            push, push_chain, try_pop, pop_all lock-free; is_empty wait-free.
 *
 * SOURCE              IBM System/370 Principles of Operation, appendix A: a free list with CDS and a count. Treiber,
 *                     Systems Programming: Coping with Parallelism, 1986. Michael, Scott, Nonblocking Algorithms and
 *                     Preemption-Safe Locking on Multiprogrammed Shared Memory Multiprocessors, JPDC 1998.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/backoff.h"
#include "../core/dwcas.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_STACK_NAME)
#  error "loft/stack/intrusive.h: define LOFT_STACK_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_STACK_T)
#  error "loft/stack/intrusive.h: define LOFT_STACK_T (type of a node) before including"
#elif !defined(LOFT_STACK_LINK)
#  error "loft/stack/intrusive.h: define LOFT_STACK_LINK (link member of a node) before including"
#elif !defined(LOFT_STACK_ARENA) && !LOFT_HAVE_DWCAS
#  error "loft/stack/intrusive.h: this target has no compare-exchange of two words; define LOFT_STACK_ARENA"
#else

#define LOFT_STACK_FN(f)  LOFT_CAT(LOFT_STACK_NAME, f)

#if defined(LOFT_STACK_ARENA)
#  define LOFT_STACK_HEAD_  loft_seq
#  define LOFT_STACK_MASK_  (((loft_seq)1 << (LOFT_STACK_ARENA)) - 1u)
LOFT_STATIC_ASSERT((LOFT_STACK_ARENA) >= 4 && (LOFT_STACK_ARENA) <= 32 && (LOFT_STACK_ARENA) + 8u <= LOFT_SEQ_BITS,
                   "loft/stack/intrusive.h: LOFT_STACK_ARENA must be 4 to 32 bits, and leave 8 for the tag");
#else
#  define LOFT_STACK_HEAD_  loft_dw
#endif

typedef struct LOFT_STACK_NAME {
#if defined(LOFT_STACK_ARENA)
    LOFT_ATOMIC(loft_seq) head;                          /* tag, then what is on top; changed by RMWs only     */
#else
    loft_dwatomic         head;                          /* lo: what is on top, hi: tag                        */
#endif
    char                  pad0_[LOFT_CACHELINE];
    LOFT_STACK_T         *arena;                         /* fixed after init, with the next                    */
    size_t                nodes;                         /* in it; SIZE_MAX: anywhere; 0: not initialised      */
} LOFT_STACK_NAME;

/* ---- private: heads ---------------------------------------------------------------------------------------------- */

/* What is on top, and what a link says: a node's address, or its number + 1; 0: none. */
LOFT_API LOFT_STACK_T *
LOFT_STACK_FN(node_)(const LOFT_STACK_NAME *s, uintptr_t link)
{
#if defined(LOFT_STACK_ARENA)
    return link ? s->arena + (link - 1u) : NULL;
#else
    (void)s;
    return (LOFT_STACK_T *)link;
#endif
}

LOFT_API uintptr_t
LOFT_STACK_FN(link_)(const LOFT_STACK_NAME *s, LOFT_STACK_T *n)
{
#if defined(LOFT_STACK_ARENA)
    LOFT_ASSERT((!n || (n >= s->arena && n < s->arena + s->nodes)) && "loft/stack/intrusive.h: not in the arena");
    return n ? (uintptr_t)(n - s->arena) + 1u : 0;
#else
    (void)s;
    return (uintptr_t)n;
#endif
}

LOFT_API uintptr_t
LOFT_STACK_FN(top_)(LOFT_STACK_HEAD_ head)
{
#if defined(LOFT_STACK_ARENA)
    return (uintptr_t)(head & LOFT_STACK_MASK_);
#else
    return head.lo;
#endif
}

/* The head after this one, with that on top. */
LOFT_API LOFT_STACK_HEAD_
LOFT_STACK_FN(after_)(LOFT_STACK_HEAD_ head, uintptr_t top, bool removed)
{
#if defined(LOFT_STACK_ARENA)
    return (head & ~LOFT_STACK_MASK_) + (removed ? LOFT_STACK_MASK_ + 1u : 0u) + top;
#else
    (void)removed;
    return loft_dw_of(top, head.hi + 1u);
#endif
}

/* For who takes: the link of what is on top can be read. With two words it may be a head that never was; the exchange
 * tells. */
LOFT_API LOFT_STACK_HEAD_
LOFT_STACK_FN(look_)(const LOFT_STACK_NAME *s)
{
#if defined(LOFT_STACK_ARENA)
    return loft_load(&s->head, acquire);                 /* look:A acquire <- give:A: the links and the nodes */
#else
    return loft_dw_peek(&s->head, acquire);              /* look:B acquire <- give:B: the links and the nodes */
#endif
}

LOFT_API bool
LOFT_STACK_FN(take_)(LOFT_STACK_NAME *s, LOFT_STACK_HEAD_ seen, LOFT_STACK_HEAD_ next)
{
#if defined(LOFT_STACK_ARENA)
    return loft_cas_weak(&s->head, &seen, next, relaxed, relaxed);   /* take:A relaxed: look:A has the edge, and the
                                                                        release sequences of the rest go on. LP */
#else
    return loft_dw_cas(&s->head, &seen, next, relaxed, relaxed);   /* take:B relaxed: look:B has the edge, and the
                                                                      release sequences of the rest go on. LP */
#endif
}

/* For who gives. */
LOFT_API LOFT_STACK_HEAD_
LOFT_STACK_FN(see_)(const LOFT_STACK_NAME *s)
{
#if defined(LOFT_STACK_ARENA)
    return loft_load(&s->head, relaxed);                 /* see:A relaxed: give:A checks it; it is only linked */
#else
    return loft_dw_peek(&s->head, relaxed);              /* see:B relaxed: give:B checks it; it is only linked */
#endif
}

LOFT_API bool
LOFT_STACK_FN(give_)(LOFT_STACK_NAME *s, LOFT_STACK_HEAD_ seen, LOFT_STACK_HEAD_ next)
{
#if defined(LOFT_STACK_ARENA)
    return loft_cas_weak(&s->head, &seen, next, release, relaxed);   /* give:A release -> look:A: links and nodes. LP */
#else
    return loft_dw_cas(&s->head, &seen, next, release, relaxed);   /* give:B release -> look:B: links and nodes. LP */
#endif
}

LOFT_API void
LOFT_STACK_FN(ready_)(const LOFT_STACK_NAME *s)
{
    LOFT_ASSERT(s->nodes && "loft/stack/intrusive.h: the stack is not initialised");
    (void)s;
}

/* NAME_start_at_ - let an empty stack that no other thread sees go on from this tag; for wraparound tests. */
LOFT_API void
LOFT_STACK_FN(start_at_)(LOFT_STACK_NAME *s, loft_seq tag)
{
#if defined(LOFT_STACK_ARENA)
    loft_init(&s->head, (loft_seq)(tag << (LOFT_STACK_ARENA)));
#else
    loft_dw_init(&s->head, loft_dw_of(0, (uintptr_t)tag));
#endif
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

#if defined(LOFT_STACK_ARENA)
/* NAME_init - an empty stack for the nodes arena[0] to arena[nodes - 1].
 *   returns   LOFT_OK; LOFT_INVAL: no arena, no nodes, or more than 2^LOFT_STACK_ARENA - 1
 *   threads   quiescent; other threads may use the stack once it has been handed over (a release and an acquire)
 *   progress  wait-free
 *   cost      the nodes are not touched
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_STACK_FN(init)(LOFT_STACK_NAME *s, LOFT_STACK_T *arena, size_t nodes)
{
    if (!arena || nodes == 0 || nodes > LOFT_STACK_MASK_)
        return LOFT_INVAL;
    s->arena = arena;
    s->nodes = nodes;
    LOFT_STACK_FN(start_at_)(s, 0);
    return LOFT_OK;
}
#else
/* NAME_init - an empty stack.
 *   returns   LOFT_OK; LOFT_NOTSUP: this processor has no compare-exchange of two words (core/dwcas.h)
 *   threads   quiescent; other threads may use the stack once it has been handed over (a release and an acquire)
 *   progress  wait-free
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_STACK_FN(init)(LOFT_STACK_NAME *s)
{
    if (!loft_dw_supported())
        return LOFT_NOTSUP;
    s->arena = NULL;
    s->nodes = SIZE_MAX;
    LOFT_STACK_FN(start_at_)(s, 0);
    return LOFT_OK;
}
#endif

/* NAME_fini - the end of the stack; the nodes are the caller's.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 */
LOFT_API void
LOFT_STACK_FN(fini)(LOFT_STACK_NAME *s)
{
    LOFT_STACK_FN(ready_)(s);
    s->nodes = 0;
}

/* NAME_set_next - behind n comes `next`, or nothing (NULL): to make a chain of nodes that are the caller's.
 *   threads   whose n is
 *   progress  wait-free
 */
LOFT_API void
LOFT_STACK_FN(set_next)(const LOFT_STACK_NAME *s, LOFT_STACK_T *n, LOFT_STACK_T *next)
{
    const uintptr_t link = LOFT_STACK_FN(link_)(s, next);
    loft_store(&n->LOFT_STACK_LINK, link, relaxed);      /* set_next:A relaxed: give:A, give:B publish it */
}

/* NAME_next - what comes behind n in a chain that pop_all has taken, or set_next made; NULL: nothing.
 *   threads   whose n is
 *   progress  wait-free
 */
LOFT_API LOFT_STACK_T *
LOFT_STACK_FN(next)(const LOFT_STACK_NAME *s, const LOFT_STACK_T *n)
{
    return LOFT_STACK_FN(node_)(s, loft_load(&n->LOFT_STACK_LINK, relaxed));   /* next:A relaxed: look:A, look:B have
                                                                                 the edge */
}

/* NAME_push_chain - first, and what comes behind it until `last`, all in one step: first is on top then.
 *   threads   any; the nodes are the caller's, and in no stack by this link
 *   progress  lock-free
 *   order     everything before this call happens-before the return of the call that takes the nodes
 *   cost      one exchange where nobody disturbs, however many there are
 */
LOFT_API void
LOFT_STACK_FN(push_chain)(LOFT_STACK_NAME *s, LOFT_STACK_T *first, LOFT_STACK_T *last)
{
    LOFT_STACK_FN(ready_)(s);
    const uintptr_t link = LOFT_STACK_FN(link_)(s, first);
    loft_backoff wait = LOFT_BACKOFF_INIT;
    for (;;) {
        const LOFT_STACK_HEAD_ seen = LOFT_STACK_FN(see_)(s);
        loft_store(&last->LOFT_STACK_LINK, LOFT_STACK_FN(top_)(seen), relaxed);   /* push_chain:A relaxed: give:A and
                                                                                    give:B publish it */
        if (LOFT_LIKELY(LOFT_STACK_FN(give_)(s, seen, LOFT_STACK_FN(after_)(seen, link, false))))
            return;
        loft_backoff_step(&wait);
    }
}

/* NAME_push - n on top.
 *   threads   any; the node is the caller's, and in no stack by this link
 *   progress  lock-free
 *   order     everything before this call happens-before the return of the call that takes n
 *   cost      one exchange where nobody disturbs
 */
LOFT_API void
LOFT_STACK_FN(push)(LOFT_STACK_NAME *s, LOFT_STACK_T *n)
{
    LOFT_STACK_FN(push_chain)(s, n, n);
}

/* NAME_try_pop - take what is on top.
 *   returns   false: empty, and *out is untouched
 *   threads   any
 *   progress  lock-free
 *   order     everything before the push of the node happens-before the return
 *   cost      one exchange where nobody disturbs
 */
LOFT_NODISCARD LOFT_API bool
LOFT_STACK_FN(try_pop)(LOFT_STACK_NAME *s, LOFT_STACK_T **out)
{
    LOFT_STACK_FN(ready_)(s);
    loft_backoff wait = LOFT_BACKOFF_INIT;
    for (;;) {
        const LOFT_STACK_HEAD_ seen = LOFT_STACK_FN(look_)(s);
        const uintptr_t top = LOFT_STACK_FN(top_)(seen);
        if (!top)
            return false;                                /* LP(false): where seen was read                     */
        LOFT_STACK_T *const n = LOFT_STACK_FN(node_)(s, top);
        const uintptr_t next = loft_load(&n->LOFT_STACK_LINK, relaxed);   /* try_pop:A relaxed: look:A, look:B have the
                                                            edge; n may be another's already, and then the tag is old */
        if (LOFT_LIKELY(LOFT_STACK_FN(take_)(s, seen, LOFT_STACK_FN(after_)(seen, next, true)))) {
            *out = n;
            return true;
        }
        loft_backoff_step(&wait);
    }
}

/* NAME_pop_all - take everything, in one step: *first is what was on top, next() says what comes behind it.
 *   returns   false: empty, and *first is untouched
 *   threads   any
 *   progress  lock-free
 *   order     everything before the pushes of the nodes happens-before the return
 *   cost      one exchange where nobody disturbs, however many there are
 */
LOFT_NODISCARD LOFT_API bool
LOFT_STACK_FN(pop_all)(LOFT_STACK_NAME *s, LOFT_STACK_T **first)
{
    LOFT_STACK_FN(ready_)(s);
    loft_backoff wait = LOFT_BACKOFF_INIT;
    for (;;) {
        const LOFT_STACK_HEAD_ seen = LOFT_STACK_FN(look_)(s);
        const uintptr_t top = LOFT_STACK_FN(top_)(seen);
        if (!top)
            return false;                                /* LP(false): where seen was read                     */
        if (LOFT_LIKELY(LOFT_STACK_FN(take_)(s, seen, LOFT_STACK_FN(after_)(seen, 0, true)))) {
            *first = LOFT_STACK_FN(node_)(s, top);
            return true;
        }
        loft_backoff_step(&wait);
    }
}

/* NAME_is_empty - was there nothing a moment ago? Any thread, wait-free. */
LOFT_API bool
LOFT_STACK_FN(is_empty)(const LOFT_STACK_NAME *s)
{
    LOFT_STACK_FN(ready_)(s);
    return LOFT_STACK_FN(top_)(LOFT_STACK_FN(see_)(s)) == 0;
}

#undef LOFT_STACK_HEAD_
#undef LOFT_STACK_MASK_
#undef LOFT_STACK_FN
#undef LOFT_STACK_ARENA
#undef LOFT_STACK_LINK
#undef LOFT_STACK_T
#undef LOFT_STACK_NAME

#endif /* configuration ok */
