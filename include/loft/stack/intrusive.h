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
 * TAGS                The head is what is on top and a tag, which counts removals, each call one, so that a pop that
 *                     slept cannot take a node that has been away for the one it knew. A push needs no tag: it looks
 *                     into no node, and what it found on top may have been away, if it is on top when the push takes
 *                     place, and so what its node links to is what lies below it.
 *                     With LOFT_STACK_ARENA both are in one loft_seq, which is read whole and exchanged whole; the
 *                     number has so many bits, the tag the rest. With pointers they are two words (core/dwcas.h). A pop
 *                     reads first the tag and then the top, and exchanges both: if it finds that tag again, nothing has
 *                     been removed since before the top was read, so what was on top has stayed in the stack, with its
 *                     link. (Top first would be wrong: the node can be away when the tag is read, and come back with
 *                     another link.) A push exchanges the one word of the top, and leaves the tag as it is.
 *                     Tags wrap: a pop goes wrong if it sleeps between its load and its exchange while others make
 *                     exactly a multiple of 2^tag-bits removals and leave the same node on top. LOFT_STACK_ARENA 16
 *                     leaves 48 bits of 64, a month of 10^8 removals a second; 32 leave 32, 43 seconds. With pointers
 *                     it is 2^64 removals, 2^32 on 32-bit targets.
 *
 * TOGETHER            Everything but init and fini; set_next and next are for nodes that are the caller's.
 *
 * EDGES               give:A -> look:A   the links, and what the nodes hold
 *                     give:B -> look:B   the same
 *                     take:B -> look:B   the tag and then the top, which is as new as the tag or newer
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
#  define LOFT_STACK_TOP_   loft_seq
#  define LOFT_STACK_MASK_  (((loft_seq)1 << (LOFT_STACK_ARENA)) - 1u)
LOFT_STATIC_ASSERT((LOFT_STACK_ARENA) >= 4 && (LOFT_STACK_ARENA) <= 32 && (LOFT_STACK_ARENA) + 8u <= LOFT_SEQ_BITS,
                   "loft/stack/intrusive.h: LOFT_STACK_ARENA must be 4 to 32 bits, and leave 8 for the tag");
#else
#  define LOFT_STACK_HEAD_  loft_dw                      /* what a pop goes by */
#  define LOFT_STACK_TOP_   uintptr_t                    /* what a push goes by */
#endif

#ifndef LOFT_STACK_INTRUSIVE_H
#define LOFT_STACK_INTRUSIVE_H

/* One call's own. Who has lost an exchange has the line now, and most likely wins if he goes on at once; if he loses
 * again, the others are many, and he waits. After that he tries with what he knew: that is old, but the exchange, even
 * if it fails, brings the line for writing and what is on top now, and the next one at once has its chance, where a
 * look would bring the line for reading, and lose it before the exchange. */
typedef struct loft_intrusive_loser_ {
    loft_backoff wait;
    bool         again;
} loft_intrusive_loser_;

LOFT_API void
loft_intrusive_begin_(loft_intrusive_loser_ *l)
{
    loft_backoff_init(&l->wait, 64u, 128u);
    l->again = false;
}

LOFT_API void
loft_intrusive_lost_(loft_intrusive_loser_ *l)
{
    if (l->again)
        loft_backoff_step(&l->wait);
    l->again = !l->again;
}

#endif /* LOFT_STACK_INTRUSIVE_H */

typedef struct LOFT_STACK_NAME {
#if defined(LOFT_STACK_ARENA)
    LOFT_ATOMIC(loft_seq) head;                          /* tag, then what is on top; changed by RMWs only     */
#else
    loft_dwatomic         head;                          /* lo: tag, which peeks read first; hi: what is on top */
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
    return head.hi;
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
    return loft_dw_peek(&s->head, acquire);              /* look:B acquire <- give:B, take:B: the links and the
                                                            nodes; a top that is as new as the tag, or newer */
#endif
}

/* If nothing was removed since, `top` is on top. */
LOFT_API bool
LOFT_STACK_FN(take_)(LOFT_STACK_NAME *s, LOFT_STACK_HEAD_ seen, uintptr_t top)
{
#if defined(LOFT_STACK_ARENA)
    const loft_seq next = (seen & ~LOFT_STACK_MASK_) + LOFT_STACK_MASK_ + 1u + top;
    return loft_cas_weak(&s->head, &seen, next, relaxed, relaxed);   /* take:A relaxed: look:A has the edge, and the
                                                                        release sequences of the rest go on. LP */
#else
    const loft_dw next = loft_dw_of(seen.lo + 1u, top);
    return loft_dw_cas(&s->head, &seen, next, release, relaxed);   /* take:B release -> look:B: who reads this tag reads
                                                 this top or a later one. look:B has the edge of what is taken. LP */
#endif
}

/* For who gives. */
LOFT_API LOFT_STACK_TOP_
LOFT_STACK_FN(see_)(const LOFT_STACK_NAME *s)
{
#if defined(LOFT_STACK_ARENA)
    return loft_load(&s->head, relaxed);                 /* see:A relaxed: give:A checks it; it is only linked */
#else
    return loft_dw_peek_hi(&s->head, relaxed);           /* see:B relaxed: give:B checks it; it is only linked */
#endif
}

LOFT_API uintptr_t
LOFT_STACK_FN(seen_)(LOFT_STACK_TOP_ seen)
{
#if defined(LOFT_STACK_ARENA)
    return LOFT_STACK_FN(top_)(seen);
#else
    return seen;
#endif
}

/* `top` comes on top of what was seen there, or *seen is what is there now. */
LOFT_API bool
LOFT_STACK_FN(give_)(LOFT_STACK_NAME *s, LOFT_STACK_TOP_ *seen, uintptr_t top)
{
#if defined(LOFT_STACK_ARENA)
    const loft_seq next = (*seen & ~LOFT_STACK_MASK_) + top;
    return loft_cas_weak(&s->head, seen, next, release, relaxed);   /* give:A release -> look:A: links and nodes. LP */
#else
    return loft_dw_cas_hi(&s->head, seen, top, release, relaxed);   /* give:B release -> look:B: links and nodes. LP */
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
    loft_dw_init(&s->head, loft_dw_of((uintptr_t)tag, 0));
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
 *   cost      one exchange of one word where nobody disturbs, however many there are
 */
LOFT_API void
LOFT_STACK_FN(push_chain)(LOFT_STACK_NAME *s, LOFT_STACK_T *first, LOFT_STACK_T *last)
{
    LOFT_STACK_FN(ready_)(s);
    const uintptr_t link = LOFT_STACK_FN(link_)(s, first);
    LOFT_STACK_TOP_ seen = LOFT_STACK_FN(see_)(s);
    loft_intrusive_loser_ loser;
    loft_intrusive_begin_(&loser);
    for (;;) {
        loft_store(&last->LOFT_STACK_LINK, LOFT_STACK_FN(seen_)(seen), relaxed);   /* push_chain:A relaxed: give:A and
                                                                                     give:B publish it */
        if (LOFT_LIKELY(LOFT_STACK_FN(give_)(s, &seen, link)))
            return;
        loft_intrusive_lost_(&loser);
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
    LOFT_STACK_HEAD_ seen = LOFT_STACK_FN(look_)(s);
    loft_intrusive_loser_ loser;
    loft_intrusive_begin_(&loser);
    for (;;) {
        const uintptr_t top = LOFT_STACK_FN(top_)(seen);
        if (!top)
            return false;                                /* LP(false): where seen was read                     */
        LOFT_STACK_T *const n = LOFT_STACK_FN(node_)(s, top);
        const uintptr_t next = loft_load(&n->LOFT_STACK_LINK, relaxed);   /* try_pop:A relaxed: look:A, look:B have the
                                                            edge; n may be another's already, and then the tag is old */
        if (LOFT_LIKELY(LOFT_STACK_FN(take_)(s, seen, next))) {
            *out = n;
            return true;
        }
        seen = LOFT_STACK_FN(look_)(s);
        loft_intrusive_lost_(&loser);
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
    LOFT_STACK_HEAD_ seen = LOFT_STACK_FN(look_)(s);
    loft_intrusive_loser_ loser;
    loft_intrusive_begin_(&loser);
    for (;;) {
        const uintptr_t top = LOFT_STACK_FN(top_)(seen);
        if (!top)
            return false;                                /* LP(false): where seen was read                     */
        if (LOFT_LIKELY(LOFT_STACK_FN(take_)(s, seen, 0))) {
            *first = LOFT_STACK_FN(node_)(s, top);
            return true;
        }
        seen = LOFT_STACK_FN(look_)(s);
        loft_intrusive_lost_(&loser);
    }
}

/* NAME_is_empty - was there nothing a moment ago? Any thread, wait-free. */
LOFT_API bool
LOFT_STACK_FN(is_empty)(const LOFT_STACK_NAME *s)
{
    LOFT_STACK_FN(ready_)(s);
    return LOFT_STACK_FN(seen_)(LOFT_STACK_FN(see_)(s)) == 0;
}

#undef LOFT_STACK_TOP_
#undef LOFT_STACK_HEAD_
#undef LOFT_STACK_MASK_
#undef LOFT_STACK_FN
#undef LOFT_STACK_ARENA
#undef LOFT_STACK_LINK
#undef LOFT_STACK_T
#undef LOFT_STACK_NAME

#endif /* configuration ok */
