/* SPDX-License-Identifier: MIT
 *
 * tests/queue/fifo_check.h - is a recorded history of a bounded FIFO queue linearizable?
 *
 * A history is an array of struct fifo_op: what each call was, when it began and returned, and what it answered. Two
 * judges, both proved against a plain enumeration by tests/queue/fifo_check.c:
 *
 *     fifo_search(&spec, op, n)     exact, for bursts of up to about 16 calls: looks for an order of the calls that a
 *                                   sequential queue could have had (Wing and Gong, with a memory of states seen)
 *
 *     fifo_bad(capacity, in_hand, op, n)
 *                                   for long runs from an empty queue with distinct values, n log n: the name of a
 *                                   pattern no FIFO queue can show, or NULL. Exact when the queue has no bound and is
 *                                   never closed (Henzinger, Sezgin and Vafeiadis 2013); what it says of `full` and
 *                                   of close is sound but not complete.
 *
 * TIME      Any clock that all threads agree on. A call precedes another if it returned strictly before the other
 *           began: equal times overlap, so that a coarse clock can hide an error but never invent one.
 *
 * IN HAND   A ring that lends its slots out one at a time has some of them in the hands of calls in progress. With
 *           FIFO_IN_HAND a slot is in use from some moment of the push to some later moment of the pop, so that `full`
 *           may be said while fewer elements than the capacity are queued. With FIFO_ON_CREDIT a push that finds all
 *           slots in use counts as the user of one more until it returns, so that another may be refused because of
 *           it. With FIFO_FULL_IS_FULL, full means full.
 */
#ifndef LOFT_TESTS_QUEUE_FIFO_CHECK_H
#define LOFT_TESTS_QUEUE_FIFO_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GNUC__)
#  define FIFO_UNUSED_ __attribute__((unused))
#else
#  define FIFO_UNUSED_
#endif

enum { FIFO_PUSH, FIFO_POP, FIFO_CLOSE };
enum fifo_hands { FIFO_FULL_IS_FULL, FIFO_IN_HAND, FIFO_ON_CREDIT };

struct fifo_op {
    uint64_t inv;                                        /* when the call began                             */
    uint64_t res;                                        /* when it returned                                */
    uint64_t value;                                      /* of a push, or of a pop that got something       */
    int kind;
    bool done;                                           /* push: it went in; pop: something came out       */
};

struct fifo_spec {
    size_t capacity;                                     /* 0: no bound                                     */
    enum fifo_hands in_hand;
    const uint64_t *before;                              /* content when the first call began, oldest first */
    size_t n_before;
    const uint64_t *after;                               /* content when all had returned; NULL: unknown    */
    size_t n_after;
};

enum fifo_verdict { FIFO_NO, FIFO_YES, FIFO_GAVE_UP };

/* ---- the exact judge ------------------------------------------------------------------------------------------- */

#define FIFO_OPS_MAX   32                                /* and calls + content before, likewise            */
#define FIFO_LEN_MAX   12
#define FIFO_MEMO_BITS 18

/* A state is which calls have taken effect (two bits each, see below) and the queue: element numbers of five bits,
 * oldest lowest, and the length on top. The number of slots in use and `closed` follow from the first. */
struct fifo_state_ {
    uint64_t mask;
    uint64_t queue;
};

static struct fifo_memo_ {
    struct fifo_state_ *slot;
    uint32_t *stamp;
    uint32_t now;
    size_t used;
} fifo_memo_;

struct fifo_search_ {
    const struct fifo_spec *spec;
    const struct fifo_op *op;
    int n;
    bool gave_up;
};

/* true: this state has been tried before, or there is no room to remember it. */
FIFO_UNUSED_ static bool
fifo_seen_(struct fifo_search_ *s, uint64_t mask, uint64_t queue)
{
    struct fifo_memo_ *m = &fifo_memo_;
    const size_t size = (size_t)1 << FIFO_MEMO_BITS;
    uint64_t h = (mask ^ (queue * 0x9e3779b97f4a7c15u)) * 0xd6e8feb86659fd93u;
    size_t i = (size_t)(h >> (64 - FIFO_MEMO_BITS));
    while (m->stamp[i] == m->now) {
        if (m->slot[i].mask == mask && m->slot[i].queue == queue)
            return true;
        i = (i + 1) & (size - 1);
    }
    if (m->used >= size / 2) {
        s->gave_up = true;
        return true;
    }
    m->used++;
    m->stamp[i] = m->now;
    m->slot[i].mask = mask;
    m->slot[i].queue = queue;
    return false;
}

FIFO_UNUSED_ static uint64_t
fifo_element_(const struct fifo_search_ *s, unsigned id)
{
    return id < s->spec->n_before ? s->spec->before[id] : s->op[id - s->spec->n_before].value;
}

FIFO_UNUSED_ static bool
fifo_try_(struct fifo_search_ *s, uint64_t mask, uint64_t queue, unsigned held, bool closed)
{
    const struct fifo_spec *spec = s->spec;
    enum { NOT_YET, BEGUN, TOO_MANY, DID };              /* TOO_MANY: a push that will be refused counts as one more */
    const unsigned len = (unsigned)(queue >> 60);
    const uint64_t body = queue & (((uint64_t)1 << 60) - 1);
    uint64_t first_res = UINT64_MAX;
    bool all = true;
    for (int i = 0; i < s->n; i++) {
        if ((mask >> (2 * i) & 3u) != DID) {
            all = false;
            if (s->op[i].res < first_res)
                first_res = s->op[i].res;
        }
    }
    if (all) {
        if (!spec->after)
            return true;
        if (len != spec->n_after)
            return false;
        for (unsigned k = 0; k < len; k++)
            if (fifo_element_(s, (unsigned)(body >> (5 * k)) & 31u) != spec->after[k])
                return false;
        return true;
    }
    if (fifo_seen_(s, mask, queue))
        return false;

    const uint64_t one = 1;
    for (int i = 0; i < s->n && !s->gave_up; i++) {
        const struct fifo_op *o = &s->op[i];
        const unsigned stage = (unsigned)(mask >> (2 * i)) & 3u;
        const uint64_t begun = one << (2 * i);
        const uint64_t did = begun * DID;
        if (stage == DID || o->inv > first_res)
            continue;
        const bool half = stage == BEGUN;
        const bool room = spec->capacity == 0 || held < spec->capacity;

        if (o->kind == FIFO_CLOSE) {
            if (fifo_try_(s, mask | did, queue, held, true))
                return true;
        } else if (o->kind == FIFO_PUSH && o->done) {
            if (!half && spec->in_hand) {
                if (room && fifo_try_(s, mask | begun, queue, held + 1, closed))
                    return true;
            } else if (!closed && (half || room)) {
                if (len == FIFO_LEN_MAX) {
                    s->gave_up = true;
                    return false;
                }
                const uint64_t id = spec->n_before + (size_t)i;
                const uint64_t longer = (body | id << (5 * len)) | (uint64_t)(len + 1) << 60;
                if (fifo_try_(s, mask | did, longer, half ? held : held + 1, closed))
                    return true;
            }
        } else if (o->kind == FIFO_PUSH) {
            if (stage == NOT_YET && (closed || !room) && fifo_try_(s, mask | did, queue, held, closed))
                return true;
            if (stage == NOT_YET && spec->in_hand == FIFO_ON_CREDIT && !room
                && fifo_try_(s, mask | begun * TOO_MANY, queue, held + 1, closed))
                return true;
            if (stage == TOO_MANY && fifo_try_(s, mask | did, queue, held - 1, closed))
                return true;
            /* Taken a slot, found the queue closed, given it back. */
            if (stage == NOT_YET && spec->in_hand && room && fifo_try_(s, mask | begun, queue, held + 1, closed))
                return true;
            if (half && closed && fifo_try_(s, mask | did, queue, held - 1, closed))
                return true;
        } else if (o->done) {
            if (half) {
                if (fifo_try_(s, mask | did, queue, held - 1, closed))
                    return true;
            } else if (len && fifo_element_(s, (unsigned)body & 31u) == o->value) {
                const uint64_t shorter = body >> 5 | (uint64_t)(len - 1) << 60;
                if (spec->in_hand ? fifo_try_(s, mask | begun, shorter, held, closed)
                                  : fifo_try_(s, mask | did, shorter, held - 1, closed))
                    return true;
            }
        } else if (len == 0) {
            if (fifo_try_(s, mask | did, queue, held, closed))
                return true;
        }
    }
    return false;
}

FIFO_UNUSED_ static enum fifo_verdict
fifo_search(const struct fifo_spec *spec, const struct fifo_op *op, int n)
{
    struct fifo_memo_ *m = &fifo_memo_;
    struct fifo_search_ s;
    if (n < 0 || (size_t)n + spec->n_before > FIFO_OPS_MAX || spec->n_before > FIFO_LEN_MAX)
        return FIFO_GAVE_UP;
    if (!m->slot) {
        m->slot = (struct fifo_state_ *)malloc(sizeof *m->slot << FIFO_MEMO_BITS);
        m->stamp = (uint32_t *)calloc((size_t)1 << FIFO_MEMO_BITS, sizeof *m->stamp);
        if (!m->slot || !m->stamp)
            abort();
    }
    m->now++;
    m->used = 0;
    s.spec = spec;
    s.op = op;
    s.n = n;
    s.gave_up = false;
    uint64_t queue = (uint64_t)spec->n_before << 60;
    for (size_t i = 0; i < spec->n_before; i++)
        queue |= (uint64_t)i << (5 * i);
    if (fifo_try_(&s, 0, queue, (unsigned)spec->n_before, false))
        return FIFO_YES;
    return s.gave_up ? FIFO_GAVE_UP : FIFO_NO;
}

/* ---- the judge of long runs ------------------------------------------------------------------------------------ */

#define FIFO_NEVER UINT64_MAX

/* An element's life: pushed in [a, b], popped in [c, d]. */
struct fifo_life_ {
    uint64_t value;
    uint64_t a;
    uint64_t b;
    uint64_t c;
    uint64_t d;
};

#define FIFO_ORDER_(name, type, member) \
    FIFO_UNUSED_ static int name(const void *x, const void *y) \
    { \
        const uint64_t a = ((const type *)x)->member; \
        const uint64_t b = ((const type *)y)->member; \
        return a < b ? -1 : a > b; \
    }
FIFO_ORDER_(fifo_by_value_, struct fifo_op, value)
FIFO_ORDER_(fifo_life_by_a_, struct fifo_life_, a)
FIFO_ORDER_(fifo_life_by_b_, struct fifo_life_, b)
struct fifo_word_ {
    uint64_t at;
};
struct fifo_span_ {
    uint64_t from;
    uint64_t to;
};
FIFO_ORDER_(fifo_by_time_, struct fifo_word_, at)

FIFO_UNUSED_ static void *
fifo_room_(size_t n, size_t size)
{
    void *p = malloc((n ? n : 1) * size);
    if (!p)
        abort();
    return p;
}

/* How many of the n sorted times are below t, or with `also` not above it. */
FIFO_UNUSED_ static size_t
fifo_below_(const struct fifo_word_ *w, size_t n, uint64_t t, bool also)
{
    size_t lo = 0;
    size_t hi = n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (w[mid].at < t || (also && w[mid].at == t))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Some v was pushed before w was, and w was popped before v was. */
FIFO_UNUSED_ static bool
fifo_out_of_order_(const struct fifo_life_ *by_a, const struct fifo_life_ *by_b, size_t n)
{
    uint64_t latest = 0;
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        for (; k < n && by_b[k].b < by_a[i].a; k++)
            if (by_b[k].c > latest)
                latest = by_b[k].c;
        if (k && by_a[i].d < latest)
            return true;
    }
    return false;
}

/* Some pop said empty while, all through it, one element or another was surely inside. */
FIFO_UNUSED_ static bool
fifo_not_empty_(const struct fifo_life_ *by_b, size_t n, const struct fifo_op *op, size_t n_op)
{
    struct fifo_span_ *span = (struct fifo_span_ *)fifo_room_(n, sizeof *span);
    size_t spans = 0;
    bool bad = false;
    for (size_t i = 0; i < n; i++) {
        if (by_b[i].b >= by_b[i].c)
            continue;
        if (spans && by_b[i].b < span[spans - 1].to) {
            if (span[spans - 1].to < by_b[i].c)
                span[spans - 1].to = by_b[i].c;
        } else {
            span[spans].from = by_b[i].b;
            span[spans].to = by_b[i].c;
            spans++;
        }
    }
    for (size_t i = 0; i < n_op && !bad; i++) {
        if (op[i].kind != FIFO_POP || op[i].done)
            continue;
        size_t lo = 0;
        size_t hi = spans;
        while (lo < hi) {
            const size_t mid = lo + (hi - lo) / 2;
            if (span[mid].from < op[i].inv)
                lo = mid + 1;
            else
                hi = mid;
        }
        bad = lo && span[lo - 1].to > op[i].res;
    }
    free(span);
    return bad;
}

/* Some push was refused (before a close could be the reason) although at no moment of it all slots can have been in
 * use; or at some moment more elements than fit were surely inside. A push that a close refuses may have had a slot
 * in hand; on credit, any push. */
FIFO_UNUSED_ static const char *
fifo_misfit_(size_t capacity, enum fifo_hands in_hand, const struct fifo_life_ *life, size_t n_life,
             const struct fifo_op *op, size_t n_op, uint64_t close_inv)
{
    const size_t itself = in_hand == FIFO_ON_CREDIT;     /* a refused push is among those it is compared with */
    const char *bad = NULL;
    struct fifo_word_ *a = (struct fifo_word_ *)fifo_room_(n_op, sizeof *a);
    struct fifo_word_ *d = (struct fifo_word_ *)fifo_room_(n_op, sizeof *d);
    struct fifo_word_ *b = (struct fifo_word_ *)fifo_room_(n_op, sizeof *b);
    struct fifo_word_ *c = (struct fifo_word_ *)fifo_room_(n_op, sizeof *c);
    size_t n = n_life;
    size_t sure = 0;
    for (size_t i = 0; i < n; i++) {
        a[i].at = life[i].a;
        d[i].at = life[i].d;
        if (life[i].b < life[i].c) {
            b[sure].at = life[i].b;
            c[sure].at = life[i].c;
            sure++;
        }
    }
    for (size_t i = 0; i < n_op; i++) {
        if (op[i].kind == FIFO_PUSH && !op[i].done && (itself || op[i].res >= close_inv)) {
            a[n].at = op[i].inv;
            d[n].at = op[i].res;
            n++;
        }
    }
    qsort(a, n, sizeof *a, fifo_by_time_);
    qsort(d, n, sizeof *d, fifo_by_time_);
    qsort(b, sure, sizeof *b, fifo_by_time_);
    qsort(c, sure, sizeof *c, fifo_by_time_);
    for (size_t i = 0, ended = 0; i < sure; i++) {
        while (ended < sure && c[ended].at <= b[i].at)
            ended++;
        if (i + 1 - ended > capacity)
            bad = "overfull";
    }
    /* The count of slots that may be in use rises only where a push begins: a tree of maxima over those moments. */
    size_t *most = (size_t *)fifo_room_(2 * n, sizeof *most);
    for (size_t i = 0; i < n; i++)
        most[n + i] = fifo_below_(a, n, a[i].at, true) - fifo_below_(d, n, a[i].at, false);
    for (size_t i = n; i-- > 1;)
        most[i] = most[2 * i] > most[2 * i + 1] ? most[2 * i] : most[2 * i + 1];
    for (size_t i = 0; i < n_op && !bad; i++) {
        if (op[i].kind != FIFO_PUSH || op[i].done || op[i].res >= close_inv)
            continue;
        size_t top = fifo_below_(a, n, op[i].inv, true) - fifo_below_(d, n, op[i].inv, false);
        size_t lo = n + fifo_below_(a, n, op[i].inv, false);
        size_t hi = n + fifo_below_(a, n, op[i].res, true);
        for (; lo < hi; lo /= 2, hi /= 2) {
            if (lo & 1u) {
                top = most[lo] > top ? most[lo] : top;
                lo++;
            }
            if (hi & 1u) {
                hi--;
                top = most[hi] > top ? most[hi] : top;
            }
        }
        if (top < capacity + itself)
            bad = "not full";
    }
    free(a);
    free(d);
    free(b);
    free(c);
    free(most);
    return bad;
}

FIFO_UNUSED_ static const char *
fifo_bad(size_t capacity, enum fifo_hands in_hand, const struct fifo_op *op, size_t n_op)
{
    const char *bad = NULL;
    struct fifo_op *push = (struct fifo_op *)fifo_room_(n_op, sizeof *push);
    struct fifo_op *pop = (struct fifo_op *)fifo_room_(n_op, sizeof *pop);
    struct fifo_life_ *by_a = (struct fifo_life_ *)fifo_room_(n_op, sizeof *by_a);
    struct fifo_life_ *by_b = (struct fifo_life_ *)fifo_room_(n_op, sizeof *by_b);
    size_t pushes = 0;
    size_t pops = 0;
    uint64_t close_inv = FIFO_NEVER;
    uint64_t close_res = FIFO_NEVER;
    for (size_t i = 0; i < n_op; i++) {
        if (op[i].kind == FIFO_CLOSE) {
            close_inv = op[i].inv < close_inv ? op[i].inv : close_inv;
            close_res = op[i].res < close_res ? op[i].res : close_res;
        } else if (op[i].kind == FIFO_PUSH && op[i].done) {
            push[pushes++] = op[i];
        } else if (op[i].kind == FIFO_POP && op[i].done) {
            pop[pops++] = op[i];
        }
    }
    qsort(push, pushes, sizeof *push, fifo_by_value_);
    qsort(pop, pops, sizeof *pop, fifo_by_value_);
    for (size_t i = 0, k = 0; i < pushes && !bad; i++) {
        struct fifo_life_ *l = &by_a[i];
        l->value = push[i].value;
        l->a = push[i].inv;
        l->b = push[i].res < close_res ? push[i].res : close_res;   /* it took effect before the close did */
        l->c = FIFO_NEVER;
        l->d = FIFO_NEVER;
        if (l->a > close_res)
            bad = "pushed after close";
        if (i && push[i - 1].value == l->value)
            bad = "a value pushed twice: not a history for this judge";
        if (k < pops && pop[k].value < l->value)
            bad = "fresh";
        if (k < pops && pop[k].value == l->value) {
            l->c = pop[k].inv;
            l->d = pop[k].res;
            k++;
            if (l->d < l->a)
                bad = "fresh";
            if (k < pops && pop[k].value == l->value)
                bad = "repeat";
        }
        if (i + 1 == pushes && k < pops && !bad)
            bad = "fresh";
    }
    if (pushes == 0 && pops)
        bad = "fresh";
    if (!bad) {
        memcpy(by_b, by_a, pushes * sizeof *by_a);
        qsort(by_a, pushes, sizeof *by_a, fifo_life_by_a_);
        qsort(by_b, pushes, sizeof *by_b, fifo_life_by_b_);
        if (fifo_out_of_order_(by_a, by_b, pushes))
            bad = "order";
        else if (fifo_not_empty_(by_b, pushes, op, n_op))
            bad = "not empty";
        else if (capacity)
            bad = fifo_misfit_(capacity, in_hand, by_a, pushes, op, n_op, close_inv);
    }
    free(push);
    free(pop);
    free(by_a);
    free(by_b);
    return bad;
}

FIFO_UNUSED_ static void
fifo_print(const struct fifo_spec *spec, const struct fifo_op *op, int n)
{
    printf("# capacity %lu, before:", (unsigned long)spec->capacity);
    for (size_t i = 0; i < spec->n_before; i++)
        printf(" %llx", (unsigned long long)spec->before[i]);
    if (spec->after) {
        printf("; after:");
        for (size_t i = 0; i < spec->n_after; i++)
            printf(" %llx", (unsigned long long)spec->after[i]);
    }
    putchar('\n');
    for (int i = 0; i < n; i++) {
        const char *what = op[i].kind == FIFO_CLOSE ? "close" : op[i].kind == FIFO_PUSH ? "push" : "pop";
        const char *how = op[i].kind == FIFO_CLOSE || op[i].done ? "" : op[i].kind == FIFO_PUSH ? "refused" : "empty";
        printf("#   [%llu, %llu] %s %llx %s\n", (unsigned long long)op[i].inv, (unsigned long long)op[i].res, what,
               (unsigned long long)(op[i].done || op[i].kind == FIFO_PUSH ? op[i].value : 0), how);
    }
}

#endif
