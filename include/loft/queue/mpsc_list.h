/* SPDX-License-Identifier: MIT
 *
 * loft/queue/mpsc_list.h - unbounded multi-producer single-consumer FIFO of nodes that are the caller's.
 *
 * Needs: core/base.h core/atomics.h core/backoff.h
 *
 * USE IT WHEN         many threads hand things to one, the things are there anyway, and a push must neither fail nor
 *                     wait: run queues, mailboxes of actors, retired objects. Nothing is allocated or reclaimed.
 * DO NOT USE IT WHEN  the consumer may not depend on a producer that the system has put to sleep (see IN MID-PUSH);
 *                     the queue must not grow without bound, or elements are values, not nodes (mpsc.h).
 *
 * EXAMPLE
 *     #include <loft/core/atomics.h>
 *     struct letter { LOFT_ATOMIC(uintptr_t) link; int text; };
 *     #define LOFT_QUEUE_NAME  mailbox
 *     #define LOFT_QUEUE_T     struct letter
 *     #define LOFT_QUEUE_LINK  link
 *     #include <loft/queue/mpsc_list.h>
 *
 *     int main(void)
 *     {
 *         static mailbox box;
 *         static struct letter one, two;
 *         struct letter *got = NULL;
 *         int sum = 0;
 *         one.text = 1;
 *         two.text = 2;
 *         if (mailbox_init(&box) != LOFT_OK || !mailbox_try_push(&box, &one) || !mailbox_try_push(&box, &two))
 *             return 1;
 *         while (mailbox_try_pop(&box, &got))                  // got may be freed, or pushed again
 *             sum = 10 * sum + got->text;
 *         mailbox_fini(&box);
 *         return sum != 12;
 *     }
 *
 * PARAMETERS          LOFT_QUEUE_NAME   required  prefix of the generated type and functions
 *                     LOFT_QUEUE_T      required  type of a node; what is pushed and popped is a pointer to one
 *                     LOFT_QUEUE_LINK   required  its member for the queue: LOFT_ATOMIC(uintptr_t); a node with several
 *                                                 can be in several queues
 *
 * OPERATIONS          init  fini
 *                     try_push  push_n  close         any thread
 *                     try_pop  pop_n  poll  is_stalled    the consumer
 *                     is_closed  is_empty             any thread
 *   There is no approx_len: a count would cost each push a second read-modify-write, on a line that the consumer writes
 *   too. Who wants one wants a bound as well: LOFT_QUEUE_LIMIT of blocking.h has both.
 *
 * TOGETHER            Everything but init and fini; try_pop, pop_n, poll and is_stalled by one thread at a time, which
 *                     must have been handed the part of consumer (a release and an acquire).
 *
 * IN MID-PUSH         A push puts itself last by one exchange, and then ties the node before to its own. In between the
 *                     list is in two pieces: if a producer is stopped there, the consumer gets the nodes before that
 *                     place but for the last of them, whose link is still to be written, and then false, as if the
 *                     queue were empty, though pushes behind it have returned; is_stalled tells the two apart. When
 *                     that producer goes on, all comes out, in order. After close(), where false means "drained for
 *                     good", try_pop and pop_n wait for such a push instead; poll never does, and says by itself
 *                     whether it is for good. Other pushes never notice.
 *
 * CLOSING             close() is a word that each push looks at first, so what begins later is refused. A push may have
 *                     looked before, and be late; who makes an end is the consumer: when it has found the closed list
 *                     empty, it exchanges that emptiness for a mark. A push that comes behind the mark, or behind one
 *                     that did, knows by its exchange that the word says so; it is refused, and nobody has its node.
 *                     For that a push reads the word twice, on the line that it has anyway.
 *
 * EDGES               push:E -> take:A, take:B, take:F   the node is whole before it is seen
 *                     push:E -> is_stalled:B             so is its link
 *                     push:C -> push:C                   a link is 0 before it is written by who comes behind
 *                     take:E -> push:C                   the same, of the queue's own link
 *                     end:C -> push:C                    who comes behind the mark knows of end:B
 *                     close:A -> drain:A, poll:A, is_closed:A    who sees it closed sees what was before
 *                     end:B -> is_closed:A               the same
 *                     end:D -> is_closed:A               the same
 *                     end:E -> is_closed:A               the same
 *
 * MEMORY              A link in each node. Who has popped a node may free it.
 *
 * PROGRESS            try_push, push_n: wait-free, but for those that were late when the queue was closed: they wait
 *                     for a consumer that is between two steps of making an end. try_pop, pop_n: they return at once,
 *                     with nothing while a producer is stopped in mid-push, so blocking; and not linearizable then.
 *                     After close they wait for it; poll never does. close, is_closed, is_empty, is_stalled: wait-free.
 *
 * SOURCE              Dmitry Vyukov, intrusive MPSC node-based queue (1024cores.net). Changed: the consumer puts the
 *                     empty node back by a compare-exchange of the end, where there it is pushed like any other; so it
 *                     makes one read-modify-write for each time that it takes the last node, and else none. close is
 *                     ours.
 */
#include "../core/base.h"
#include "../core/atomics.h"
#include "../core/backoff.h"

#if defined(LOFT_UNSUPPORTED)
/* core/base.h has said why. */
#elif !defined(LOFT_QUEUE_NAME)
#  error "loft/queue/mpsc_list.h: define LOFT_QUEUE_NAME (prefix of the generated type and functions) before including"
#elif !defined(LOFT_QUEUE_T)
#  error "loft/queue/mpsc_list.h: define LOFT_QUEUE_T (type of a node) before including"
#elif !defined(LOFT_QUEUE_LINK)
#  error "loft/queue/mpsc_list.h: define LOFT_QUEUE_LINK (link member of a node) before including"
#else

#include <stddef.h>

#define LOFT_QUEUE_FN(f)  LOFT_CAT(LOFT_QUEUE_NAME, f)

#ifndef LOFT_QUEUE_MPSC_LIST_H
#define LOFT_QUEUE_MPSC_LIST_H

typedef LOFT_ATOMIC(uintptr_t) loft_mpsc_link_;

/* What the word says. */
#define LOFT_MPSC_OPEN_    0u
#define LOFT_MPSC_CLOSED_  1u                            /* pushes that look are refused; those that did may come    */
#define LOFT_MPSC_ENDING_  2u                            /* the consumer sets the mark, and ENDED, if nothing came;  */
#define LOFT_MPSC_ENDED_   3u                            /* else CLOSED again                                        */

#endif /* LOFT_QUEUE_MPSC_LIST_H */

typedef loft_mpsc_link_ LOFT_QUEUE_FN(stalls_);          /* blocking.h has to know; see there                        */

/* It points into itself: once initialised it must not be moved or copied. */
typedef struct LOFT_QUEUE_NAME {
    loft_mpsc_link_       tail;                          /* the last link: the address of a node's, or of `empty`    */
    LOFT_ATOMIC(unsigned) state;
    const void           *self;                          /* where it was initialised; NULL: it is not                */
    char                  pad0_[LOFT_CACHELINE];
    loft_mpsc_link_      *head;                          /* the consumer's: the first link                           */
    loft_mpsc_link_       empty;                         /* stands for no node; in the list only as the first of it  */
    char                  pad1_[LOFT_CACHELINE];
} LOFT_QUEUE_NAME;

/* ---- private ----------------------------------------------------------------------------------------------------- */

/* The mark behind which nothing comes: the address of no link. */
LOFT_API uintptr_t
LOFT_QUEUE_FN(mark_)(const LOFT_QUEUE_NAME *q)
{
    return (uintptr_t)&q->empty + 1u;
}

LOFT_API LOFT_QUEUE_T *
LOFT_QUEUE_FN(node_)(loft_mpsc_link_ *link)
{
    return (LOFT_QUEUE_T *)((uintptr_t)link - offsetof(LOFT_QUEUE_T, LOFT_QUEUE_LINK));
}

/* first to last, which are tied already, come behind all others. */
LOFT_API bool
LOFT_QUEUE_FN(put_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *first, LOFT_QUEUE_T *last)
{
    LOFT_ASSERT(q->self == q && "loft/queue/mpsc_list.h: the queue is not initialised, or was moved");
    if (LOFT_UNLIKELY(loft_load(&q->state, relaxed) != LOFT_MPSC_OPEN_))   /* push:A relaxed: by coherence; who knows of
                                                                               a close() finds it */
        return false;
    loft_store(&last->LOFT_QUEUE_LINK, (uintptr_t)0, relaxed);   /* push:B relaxed: push:C comes after it */
    const uintptr_t before = loft_exchange(&q->tail, (uintptr_t)&last->LOFT_QUEUE_LINK, acq_rel);   /* push:C acq_rel ->
                                                          push:C <- push:C, take:E, end:C: the link is ready; the mark.
                                                          LP */
    unsigned state = loft_load(&q->state, relaxed);      /* push:D relaxed: push:C has told of end:B, behind the mark */
    if (LOFT_UNLIKELY(state >= LOFT_MPSC_ENDING_)) {
        loft_backoff wait = LOFT_BACKOFF_INIT;
        while (state == LOFT_MPSC_ENDING_) {
            loft_backoff_step_yield(&wait);
            state = loft_load(&q->state, relaxed);       /* push:F relaxed: end:D or end:E says on which side we are */
        }
        if (state == LOFT_MPSC_ENDED_)
            return false;
    }
    loft_store((loft_mpsc_link_ *)before, (uintptr_t)&first->LOFT_QUEUE_LINK, release);   /* push:E release -> take:A,
                                                               take:B, take:F, is_stalled:B: the nodes are whole */
    return true;
}

/* The oldest node, if its link is known or it is the last. */
LOFT_API bool
LOFT_QUEUE_FN(take_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T **out)
{
    loft_mpsc_link_ *h = q->head;
    uintptr_t next = loft_load(h, acquire);              /* take:A acquire <- push:E: the node behind is whole */
    if (h == &q->empty) {
        if (next == 0)
            return false;                                /* LP(false) */
        h = (loft_mpsc_link_ *)next;
        q->head = h;
        next = loft_load(h, acquire);                    /* take:B acquire <- push:E: the node behind is whole */
    }
    if (LOFT_UNLIKELY(next == 0)) {
        uintptr_t last = loft_load(&q->tail, relaxed);   /* take:C relaxed: take:E makes sure of it */
        if (last == (uintptr_t)h) {
            loft_store(&q->empty, (uintptr_t)0, relaxed);   /* take:D relaxed: not in the list; take:E comes after it */
            if (loft_cas_strong(&q->tail, &last, (uintptr_t)&q->empty, release, relaxed)) {   /* take:E release ->
                                                               push:C: `empty` is 0 before it is written. LP */
                q->head = &q->empty;
                *out = LOFT_QUEUE_FN(node_)(h);
                return true;
            }
        }
        next = loft_load(h, acquire);                    /* take:F acquire <- push:E: the node behind is whole */
        if (next == 0)
            return false;
    }
    q->head = (loft_mpsc_link_ *)next;
    *out = LOFT_QUEUE_FN(node_)(h);
    return true;
}

/* The list is closed, and as far as can be seen empty: true, now it is for good. */
LOFT_API bool
LOFT_QUEUE_FN(end_)(LOFT_QUEUE_NAME *q)
{
    uintptr_t last = loft_load(&q->tail, relaxed);       /* end:A relaxed: end:C makes sure of it */
    if (q->head != &q->empty || last != (uintptr_t)&q->empty)
        return false;
    loft_store(&q->state, LOFT_MPSC_ENDING_, release);   /* end:B release -> is_closed:A: it is closed still */
    if (loft_cas_strong(&q->tail, &last, LOFT_QUEUE_FN(mark_)(q), release, relaxed)) {   /* end:C release -> push:C: who
                                                                 comes behind the mark knows of end:B. LP(false) */
        loft_store(&q->state, LOFT_MPSC_ENDED_, release);   /* end:D release -> is_closed:A: what was before close */
        return true;
    }
    loft_store(&q->state, LOFT_MPSC_CLOSED_, release);   /* end:E release -> is_closed:A: what was before close */
    return false;
}

/* take_ found nothing. After close() that may not be said while a push is under way. */
LOFT_API bool
LOFT_QUEUE_FN(drain_)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T **out)
{
    loft_backoff wait = LOFT_BACKOFF_INIT;
    const unsigned state = loft_load(&q->state, acquire);   /* drain:A acquire <- close:A: end:B, D and E pass it on */
    if (LOFT_LIKELY(state == LOFT_MPSC_OPEN_) || state == LOFT_MPSC_ENDED_)
        return false;
    for (;;) {
        if (LOFT_QUEUE_FN(take_)(q, out))
            return true;
        if (LOFT_QUEUE_FN(end_)(q))
            return false;
        loft_backoff_step_yield(&wait);
    }
}

/* ---- init and fini ----------------------------------------------------------------------------------------------- */

/* NAME_init - an empty queue.
 *   returns   LOFT_OK
 *   threads   quiescent; other threads may use the queue once it has been handed over (a release and an acquire)
 *   progress  wait-free
 */
LOFT_NODISCARD LOFT_API loft_status
LOFT_QUEUE_FN(init)(LOFT_QUEUE_NAME *q)
{
    loft_init(&q->empty, (uintptr_t)0);
    loft_init(&q->tail, (uintptr_t)&q->empty);
    loft_init(&q->state, LOFT_MPSC_OPEN_);
    q->head = &q->empty;
    q->self = q;
    return LOFT_OK;
}

/* NAME_fini - the end of the queue; nodes still in it are the caller's.
 *   threads   quiescent; any call after it is an error, which a debug build stops
 */
LOFT_API void
LOFT_QUEUE_FN(fini)(LOFT_QUEUE_NAME *q)
{
    LOFT_ASSERT(q->self == q && "loft/queue/mpsc_list.h: fini of a queue that is not initialised");
    q->self = NULL;
}

/* ---- producers --------------------------------------------------------------------------------------------------- */

/* NAME_try_push - append n.
 *   returns   false: closed, and nothing changed but n's link
 *   threads   any; the node is the caller's, and in no queue by this link
 *   progress  wait-free (see PROGRESS for a push that is late)
 *   order     everything before this call happens-before the return of the try_pop that takes n
 *   cost      one exchange, and a store into the node before
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_push)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *n)
{
    LOFT_ASSERT(n && "loft/queue/mpsc_list.h: no node");
    return LOFT_QUEUE_FN(put_)(q, n, n);
}

/* NAME_push_n - append v[0..n), in one step: they follow each other.
 *   returns   n; 0: closed
 *   otherwise as try_push, with one exchange for all
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(push_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T *const *v, size_t n)
{
    if (n == 0)
        return 0;
    for (size_t i = 0; i + 1 < n; i++) {
        const uintptr_t next = (uintptr_t)&v[i + 1]->LOFT_QUEUE_LINK;
        loft_store(&v[i]->LOFT_QUEUE_LINK, next, relaxed);   /* push_n:A relaxed: push:E publishes it */
    }
    return LOFT_QUEUE_FN(put_)(q, v[0], v[n - 1]) ? n : 0;
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
    unsigned open = LOFT_MPSC_OPEN_;
    LOFT_ASSERT(q->self == q && "loft/queue/mpsc_list.h: the queue is not initialised, or was moved");
    (void)loft_cas_strong(&q->state, &open, LOFT_MPSC_CLOSED_, release, relaxed);   /* close:A release -> drain:A,
                                                                  poll:A, is_closed:A: what was before. LP */
}

/* ---- the consumer ------------------------------------------------------------------------------------------------ */

/* NAME_try_pop - take the oldest node.
 *   returns   false: none can be had, and *out is untouched (see IN MID-PUSH); after close(), for good
 *   threads   the consumer
 *   progress  see PROGRESS
 *   order     everything before the try_push of the node happens-before the return
 *   cost      no read-modify-write; of the last node, one
 */
LOFT_NODISCARD LOFT_API bool
LOFT_QUEUE_FN(try_pop)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T **out)
{
    LOFT_ASSERT(q->self == q && "loft/queue/mpsc_list.h: the queue is not initialised, or was moved");
    return LOFT_LIKELY(LOFT_QUEUE_FN(take_)(q, out)) || LOFT_QUEUE_FN(drain_)(q, out);
}

/* NAME_pop_n - take up to n nodes into out[0..n), until none can be had.
 *   returns   how many came out, 0 to n; the rest of out is untouched
 *   otherwise as try_pop, for each node
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(pop_n)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T **out, size_t n)
{
    size_t i = 0;
    LOFT_ASSERT(q->self == q && "loft/queue/mpsc_list.h: the queue is not initialised, or was moved");
    while (i < n && LOFT_QUEUE_FN(take_)(q, &out[i]))
        i++;
    return i != 0 || n == 0 ? i : (size_t)LOFT_QUEUE_FN(drain_)(q, out);
}

/* NAME_poll - as pop_n, and never wait for a push.
 *   returns   how many came out, 0 to n. *over, where n is not 0: there was nothing, and nothing will come any more,
 *             the queue being closed
 *   threads   the consumer
 *   progress  wait-free
 *   order     as pop_n; over: everything before close
 */
LOFT_NODISCARD LOFT_API size_t
LOFT_QUEUE_FN(poll)(LOFT_QUEUE_NAME *q, LOFT_QUEUE_T **out, size_t n, bool *over)
{
    size_t i = 0;
    LOFT_ASSERT(q->self == q && "loft/queue/mpsc_list.h: the queue is not initialised, or was moved");
    *over = false;
    while (i < n && LOFT_QUEUE_FN(take_)(q, &out[i]))
        i++;
    if (i == 0 && n != 0) {
        const unsigned state = loft_load(&q->state, acquire);   /* poll:A acquire <- close:A: as drain:A */
        *over = state == LOFT_MPSC_ENDED_ || (state != LOFT_MPSC_OPEN_ && LOFT_QUEUE_FN(end_)(q));
    }
    return i;
}

/* NAME_is_stalled - can nothing be had although the queue is not empty: has a push begun and not ended?
 *   threads   the consumer
 *   progress  wait-free
 */
LOFT_API bool
LOFT_QUEUE_FN(is_stalled)(const LOFT_QUEUE_NAME *q)
{
    const loft_mpsc_link_ *h = q->head;
    LOFT_ASSERT(q->self == q && "loft/queue/mpsc_list.h: the queue is not initialised, or was moved");
    if (loft_load(&q->state, relaxed) == LOFT_MPSC_ENDED_)   /* is_stalled:A relaxed: the consumer's own word */
        return false;
    uintptr_t next = loft_load(h, acquire);              /* is_stalled:B acquire <- push:E: the node has a link */
    if (h == &q->empty && next != 0) {
        h = (const loft_mpsc_link_ *)next;
        next = loft_load(h, relaxed);                    /* is_stalled:C relaxed: a look; nothing is taken */
    }
    return next == 0 && loft_load(&q->tail, relaxed) != (uintptr_t)h;   /* is_stalled:D relaxed: as C */
}

/* ---- observers --------------------------------------------------------------------------------------------------- */

/* NAME_is_closed - has close() been called? Any thread, wait-free; if true, the pops that follow drain for good. */
LOFT_API bool
LOFT_QUEUE_FN(is_closed)(const LOFT_QUEUE_NAME *q)
{
    return loft_load(&q->state, acquire) != LOFT_MPSC_OPEN_;   /* is_closed:A acquire <- close:A, end:B, end:D, end:E:
                                                                  as said */
}

/* NAME_is_empty - was there nothing a moment ago, not even a push under way? Any thread, wait-free. */
LOFT_API bool
LOFT_QUEUE_FN(is_empty)(const LOFT_QUEUE_NAME *q)
{
    if (loft_load(&q->state, relaxed) == LOFT_MPSC_ENDED_)   /* is_empty:A relaxed: nothing is read by it */
        return true;
    return loft_load(&q->tail, relaxed) == (uintptr_t)&q->empty;   /* is_empty:B relaxed: the same */
}

#undef LOFT_QUEUE_FN
#undef LOFT_QUEUE_LINK
#undef LOFT_QUEUE_T
#undef LOFT_QUEUE_NAME

#endif /* configuration ok */
