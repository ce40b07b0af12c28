/* SPDX-License-Identifier: MIT
 *
 * tests/check/plain.h - the judge of the judges: objects that are plain arrays, and every order of a few calls.
 *
 * Nothing here knows of packed states, memory, stages of more than one call or patterns. plain_says tries all orders of
 * the calls that respect `before`, with and without each pending one. plain_make makes what there is to judge: a true
 * run with its moments stretched, and most of the time something spoilt.
 */
#ifndef LOFT_TESTS_CHECK_PLAIN_H
#define LOFT_TESTS_CHECK_PLAIN_H

#include "../tap.h"
#include <loft/check/linear.h>

#define PLAIN_OPS   8
#define PLAIN_KEYS  3

enum plain_kind { PLAIN_QUEUE, PLAIN_STACK, PLAIN_SET, PLAIN_MAP, PLAIN_COUNTER };

struct plain_object {
    uint64_t item[PLAIN_KEYS][PLAIN_OPS + 1];            /* of a map or counter, the first                        */
    size_t len[PLAIN_KEYS];                              /* of a set or map, 1: it is there                       */
    size_t held[PLAIN_KEYS];                             /* slots in use                                          */
    bool closed[PLAIN_KEYS];
};

struct plain_case {
    enum plain_kind kind;
    uint64_t arg;                                        /* capacity, or where counters begin                     */
    loft_linear_hands hands;
    size_t n;
    loft_linear_op op[PLAIN_OPS];
    uint64_t before[PLAIN_OPS];
};

static uint64_t plain_rng_ = 88172645463325252u;

TAP_UNUSED_ static unsigned
below(unsigned n)
{
    plain_rng_ ^= plain_rng_ << 13;
    plain_rng_ ^= plain_rng_ >> 7;
    plain_rng_ ^= plain_rng_ << 17;
    return (unsigned)((plain_rng_ >> 33) % n);
}

/* ---- the objects ------------------------------------------------------------------------------------------------- */

/* Carries the call out; what it answers. */
TAP_UNUSED_ static bool
plain_do(enum plain_kind kind, uint64_t arg, struct plain_object *o, const loft_linear_op *op, uint64_t *result)
{
    const size_t k = (size_t)op->key;
    uint64_t *const item = o->item[k];
    const size_t len = o->len[k];
    *result = 0;
    if (kind == PLAIN_COUNTER) {
        *result = arg + item[0];
        if (op->kind != LOFT_LINEAR_READ)
            item[0] += op->arg;
        return true;
    }
    switch (op->kind) {
    case LOFT_LINEAR_PUSH:
        if (o->closed[k] || (arg && len == arg))
            return false;
        item[o->len[k]++] = op->arg;
        return true;
    case LOFT_LINEAR_POP:
        if (len == 0)
            return false;
        o->len[k]--;
        *result = kind == PLAIN_QUEUE ? item[0] : item[len - 1];
        if (kind == PLAIN_QUEUE)
            for (size_t i = 1; i < len; i++)
                item[i - 1] = item[i];
        return true;
    case LOFT_LINEAR_CLOSE:
        o->closed[k] = true;
        return true;
    case LOFT_LINEAR_IS_CLOSED:
        return o->closed[k];
    case LOFT_LINEAR_INSERT:
    case LOFT_LINEAR_PUT_IF_ABSENT:
    case LOFT_LINEAR_PUT:
        if (len == 0 || op->kind == LOFT_LINEAR_PUT)
            item[0] = op->arg;
        o->len[k] = 1;
        return len == 0;
    case LOFT_LINEAR_REMOVE:
    case LOFT_LINEAR_ERASE:
        o->len[k] = 0;
        *result = item[0];
        return len != 0;
    default:                                             /* GET, CONTAINS */
        *result = item[0];
        return len != 0;
    }
}

TAP_UNUSED_ static bool
plain_tells_result(enum plain_kind kind, unsigned op)
{
    return op == LOFT_LINEAR_POP || op == LOFT_LINEAR_GET || op == LOFT_LINEAR_FETCH_ADD || op == LOFT_LINEAR_READ
        || (op == LOFT_LINEAR_REMOVE && kind == PLAIN_MAP);
}

/* Carries the call out; false: it cannot have answered so. */
TAP_UNUSED_ static bool
plain_apply(enum plain_kind kind, uint64_t arg, struct plain_object *o, const loft_linear_op *op)
{
    uint64_t result;
    const bool did = plain_do(kind, arg, o, op, &result);
    if (op->pending || op->kind == LOFT_LINEAR_CLOSE || op->kind == LOFT_LINEAR_ADD)
        return true;
    if (kind != PLAIN_COUNTER && did != op->ok)
        return false;
    return !did || !plain_tells_result(kind, op->kind) || result == op->result;
}

/* ---- every order ------------------------------------------------------------------------------------------------- */

/* A call's stage: 0: not yet, 1: a slot in hand, 2: one slot more than there are, 3: done. */
struct plain_now {
    struct plain_object object;
    int stage[PLAIN_OPS];
};

TAP_UNUSED_ static bool plain_try_(const struct plain_case *h, const struct plain_now *now);

/* One step of a call on a ring whose calls hold slots. */
TAP_UNUSED_ static bool
plain_step_(const struct plain_case *h, const struct plain_now *now, size_t i)
{
    const loft_linear_op *const op = &h->op[i];
    const size_t k = (size_t)op->key;
    const bool room = h->arg == 0 || now->object.held[k] < h->arg;
    const bool closed = now->object.closed[k];
    struct plain_now next = *now;
    uint64_t result;
    next.stage[i] = 3;
    if (op->kind == LOFT_LINEAR_CLOSE || op->kind == LOFT_LINEAR_IS_CLOSED)
        return plain_apply(PLAIN_QUEUE, 0, &next.object, op) && plain_try_(h, &next);
    if (op->kind == LOFT_LINEAR_POP) {
        if (now->stage[i] == 1) {
            next.object.held[k]--;
            return plain_try_(h, &next);
        }
        if (!plain_apply(PLAIN_QUEUE, 0, &next.object, op))
            return false;
        if (next.object.len[k] < now->object.len[k])
            next.stage[i] = 1;
        return plain_try_(h, &next);
    }
    if (now->stage[i] == 0) {
        struct plain_now other = *now;
        other.object.held[k]++;
        other.stage[i] = room ? 1 : 2;
        if (room && plain_try_(h, &other))
            return true;
        const bool refused = op->pending || !op->ok;
        if (!room && refused && h->hands == LOFT_LINEAR_ON_CREDIT && plain_try_(h, &other))
            return true;
        return refused && (closed || !room) && plain_try_(h, &next);
    }
    if (now->stage[i] == 2 || closed) {
        next.object.held[k]--;
        return (op->pending || !op->ok) && plain_try_(h, &next);
    }
    return (op->pending || op->ok) && plain_do(PLAIN_QUEUE, 0, &next.object, op, &result) && plain_try_(h, &next);
}

TAP_UNUSED_ static bool
plain_try_(const struct plain_case *h, const struct plain_now *now)
{
    bool all = true;
    for (size_t i = 0; i < h->n; i++)
        all = all && (h->op[i].pending || now->stage[i] == 3);
    if (all)
        return true;
    for (size_t i = 0; i < h->n; i++) {
        bool first = now->stage[i] != 3;
        for (size_t j = 0; j < h->n; j++)
            if ((h->before[i] >> j & 1u) && !h->op[j].pending && now->stage[j] != 3)
                first = false;
        if (!first)
            continue;
        if (h->hands != LOFT_LINEAR_FULL_IS_FULL) {
            if (plain_step_(h, now, i))
                return true;
            continue;
        }
        struct plain_now next = *now;
        next.stage[i] = 3;
        if (plain_apply(h->kind, h->arg, &next.object, &h->op[i]) && plain_try_(h, &next))
            return true;
    }
    return false;
}

TAP_UNUSED_ static bool
plain_says(const struct plain_case *h)
{
    struct plain_now now;
    memset(&now, 0, sizeof now);
    return plain_try_(h, &now);
}

/* ---- histories --------------------------------------------------------------------------------------------------- */

TAP_UNUSED_ static unsigned
plain_draw_kind(enum plain_kind kind, bool closes)
{
    static const unsigned set[] = { LOFT_LINEAR_INSERT, LOFT_LINEAR_REMOVE, LOFT_LINEAR_CONTAINS, LOFT_LINEAR_INSERT,
                                    LOFT_LINEAR_ERASE };
    static const unsigned map[] = { LOFT_LINEAR_PUT, LOFT_LINEAR_REMOVE, LOFT_LINEAR_GET, LOFT_LINEAR_PUT_IF_ABSENT,
                                    LOFT_LINEAR_ERASE, LOFT_LINEAR_CONTAINS, LOFT_LINEAR_GET };
    static const unsigned counter[] = { LOFT_LINEAR_ADD, LOFT_LINEAR_FETCH_ADD, LOFT_LINEAR_READ,
                                        LOFT_LINEAR_FETCH_ADD, LOFT_LINEAR_READ };
    if (kind == PLAIN_SET)
        return set[below(5)];
    if (kind == PLAIN_MAP)
        return map[below(7)];
    if (kind == PLAIN_COUNTER)
        return counter[below(5)];
    if (closes && below(4) == 0)
        return below(2) ? LOFT_LINEAR_CLOSE : LOFT_LINEAR_IS_CLOSED;
    return below(2) ? LOFT_LINEAR_PUSH : LOFT_LINEAR_POP;
}

TAP_UNUSED_ static void
plain_spoil_(struct plain_case *h)
{
    loft_linear_op *const x = &h->op[below((unsigned)h->n)];
    loft_linear_op *const y = &h->op[below((unsigned)h->n)];
    switch (below(5)) {
    case 0:                                              /* two calls swap what they were told */
        if (x->kind == y->kind) {
            const loft_linear_op t = *x;
            x->result = y->result;
            x->ok = y->ok;
            y->result = t.result;
            y->ok = t.ok;
        }
        break;
    case 1:                                              /* an answer is turned round */
        x->ok = !x->ok;
        if (h->kind == PLAIN_COUNTER)
            x->result += 1 + below(2);
        break;
    case 2:                                              /* a call happened at another time */
        x->begin += below(12);
        x->end = x->begin + below(6);
        break;
    case 3:                                              /* an answer from elsewhere */
        x->ok = true;
        x->result = below(2) ? y->arg : y->result;
        break;
    default:                                             /* shorter than it was */
        x->begin = x->end - (x->end - x->begin) / 2;
        break;
    }
}

/* before[] as the moments say, for calls of all keys. */
TAP_UNUSED_ static void
plain_order_by_time(struct plain_case *h)
{
    for (size_t i = 0; i < h->n; i++) {
        h->before[i] = 0;
        for (size_t j = 0; j < h->n; j++)
            if (!h->op[j].pending && h->op[j].end < h->op[i].begin)
                h->before[i] |= (uint64_t)1 << j;
    }
}

/* An order that no moments explain: each call after some of those that begin earlier, all or a few of them. */
TAP_UNUSED_ static void
plain_order_partly(struct plain_case *h)
{
    const unsigned dense = 2 + below(4);
    for (size_t i = 0; i < h->n; i++) {
        h->before[i] = 0;
        for (size_t j = 0; j < h->n; j++)
            if (h->op[j].begin < h->op[i].begin && below(dense) == 0)
                h->before[i] |= (uint64_t)1 << j;
    }
}

TAP_UNUSED_ static void
plain_make(struct plain_case *h, enum plain_kind kind, size_t n, uint64_t arg, bool closes, unsigned keys,
              unsigned pending)
{
    struct plain_object o;
    const bool distinct = below(3) != 0;
    memset(&o, 0, sizeof o);
    memset(h, 0, sizeof *h);
    h->kind = kind;
    h->arg = arg;
    h->n = n;
    for (size_t i = 0; i < n; i++) {
        loft_linear_op *const op = &h->op[i];
        const uint64_t at = 20 + 3 * (uint64_t)i;
        op->begin = at - below(9);
        op->end = at + below(9);
        op->kind = plain_draw_kind(kind, closes);
        op->key = below(keys);
        op->arg = kind == PLAIN_COUNTER ? (uint64_t)below(4) - 1u : distinct ? (uint64_t)i + 1 : 1 + below(2);
        op->ok = plain_do(kind, arg, &o, op, &op->result);
    }
    if (below(4))
        plain_spoil_(h);
    if (below(2))
        plain_spoil_(h);
    for (; pending != 0; pending--) {                    /* and what it would have answered must not matter */
        loft_linear_op *const op = &h->op[below((unsigned)n)];
        op->pending = true;
        op->ok = below(2);
        op->result = below(5);
        op->end = below(2) ? 0 : 1000;
    }
    for (size_t i = n; i-- > 1;) {                       /* the judges must not lean on the order of the array */
        const size_t j = below((unsigned)i + 1);
        const loft_linear_op t = h->op[i];
        h->op[i] = h->op[j];
        h->op[j] = t;
    }
    for (size_t i = 0; i < n; i++)
        h->op[i].thread = (unsigned)i;
    plain_order_by_time(h);
}

#endif
