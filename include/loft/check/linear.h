/* SPDX-License-Identifier: MIT
 *
 * loft/check/linear.h - is a recorded history of calls linearizable? Plain C for tests; no threads, no atomics.
 *
 * Needs: core/base.h
 */
#ifndef LOFT_CHECK_LINEAR_H
#define LOFT_CHECK_LINEAR_H

#include "../core/base.h"

#if !defined(LOFT_UNSUPPORTED)

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- records ----------------------------------------------------------------------------------------------------- */

/* What was called, for the ready models; a model of yours has an enum of its own. */
typedef enum loft_linear_kind {
    LOFT_LINEAR_PUSH,                                    /* queue, stack: arg goes in; not ok: full or closed     */
    LOFT_LINEAR_POP,                                     /* ok: result came out; not ok: empty                    */
    LOFT_LINEAR_CLOSE,                                   /* queue: later pushes are refused                       */
    LOFT_LINEAR_IS_CLOSED,                               /* ok: it is                                             */
    LOFT_LINEAR_INSERT,                                  /* set: ok: key is new; not ok: it was there             */
    LOFT_LINEAR_CONTAINS,                                /* set, map: ok: key is there                            */
    LOFT_LINEAR_REMOVE,                                  /* ok: key went, with a map result was its value; not
                                                          * ok: it was not there                                  */
    LOFT_LINEAR_ERASE,                                   /* the same by a caller who is not told the value        */
    LOFT_LINEAR_GET,                                     /* map: ok: key is there with value result; not ok: it is
                                                          * not                                                   */
    LOFT_LINEAR_PUT,                                     /* ok: key is new, its value arg; not ok: it was there,
                                                          * and its value is arg now                              */
    LOFT_LINEAR_PUT_IF_ABSENT,                           /* ok: key is new, its value arg; not ok: it was there,
                                                          * and nothing changed                                   */
    LOFT_LINEAR_ADD,                                     /* counter: arg was added; the answer tells nothing      */
    LOFT_LINEAR_FETCH_ADD,                               /* arg was added to result                               */
    LOFT_LINEAR_READ                                     /* the counter was result                                */
} loft_linear_kind;

typedef struct loft_linear_op {
    unsigned kind;                                       /* what was called                                       */
    unsigned thread;                                     /* who called; for the reader                            */
    uint64_t key;                                        /* which object, or which key of it                      */
    uint64_t arg;
    uint64_t result;
    bool ok;                                             /* false: refused                                        */
    bool pending;                                        /* it has not returned: it may have taken effect or not  */
    uint64_t begin;                                      /* the moments of call and return, on any clock that all */
    uint64_t end;                                        /* agree on; a precedes b if a.end < b.begin             */
} loft_linear_op;

/* ---- models ------------------------------------------------------------------------------------------------------ */

#define LOFT_LINEAR_OPS    64                            /* most calls of loft_linear_search                      */
#define LOFT_LINEAR_STATE  4096                          /* largest state of a model, in bytes                    */

/* What step answers: the stage the call is in now. Each call begins in stage 0. */
enum { LOFT_LINEAR_CANNOT = 0, LOFT_LINEAR_BEGUN = 1, LOFT_LINEAR_BEGUN_OTHERWISE = 2, LOFT_LINEAR_DONE = 3 };

/* A sequential object. Equal states have equal bytes (init clears them, padding included) and hold no addresses. */
typedef struct loft_linear_model {
    const char *name;
    size_t state_bytes;                                  /* at most LOFT_LINEAR_STATE; a state is aligned on 8    */
    void (*init)(void *state, uint64_t model_arg);
    bool (*apply)(void *state, const loft_linear_op *op);
                                                         /* true: op may answer so here, and the state has moved.
                                                          * A pending op has no answer: it gets the one it would
                                                          * have had, and is never refused                        */
    const char *(*kind_name)(unsigned kind);             /* or NULL                                               */
    bool by_key;                                         /* calls with different keys have nothing to do with
                                                          * each other                                            */
    size_t (*size)(const void *state);                   /* or NULL: how many bytes of the state count, the rest
                                                          * is nothing; above state_bytes: it did not fit         */
    unsigned (*step)(void *state, const loft_linear_op *op, unsigned stage, unsigned way);
                                                         /* or NULL: instead of apply, where a call has more than
                                                          * one moment of effect: what becomes of op, which is in
                                                          * stage, if it goes this way                            */
    unsigned ways;                                       /* it is asked for ways 0 to ways - 1                    */
} loft_linear_model;

typedef enum loft_linear_answer {
    LOFT_LINEAR_YES,                                     /* some order of the calls explains all answers          */
    LOFT_LINEAR_NO,                                      /* none does                                             */
    LOFT_LINEAR_GAVE_UP                                  /* the budget or the memory did not suffice to tell      */
} loft_linear_answer;

#if LOFT_GCC || LOFT_CLANG
#  define LOFT_LINEAR_CONST_  static const __attribute__((unused))
#else
#  define LOFT_LINEAR_CONST_  static const
#endif

/* ---- private: what the ready models keep ------------------------------------------------------------------------- */

/* Words: how many there are in use, model_arg, and then for each object that differs from a new one, by rising key:
 * its key, a word about it (low half: flags of the model; high half: how many values follow), its values. */
#define LOFT_LINEAR_WORDS_     (LOFT_LINEAR_STATE / sizeof(uint64_t))
#define LOFT_LINEAR_OVERFLOW_  UINT64_MAX
#define LOFT_LINEAR_ONE_       ((uint64_t)1 << 32)

LOFT_API void
loft_linear_init_(void *state, uint64_t model_arg)
{
    uint64_t *w = (uint64_t *)state;
    w[0] = 2;
    w[1] = model_arg;
}

LOFT_API size_t
loft_linear_size_(const void *state)
{
    const uint64_t words = *(const uint64_t *)state;
    return words > LOFT_LINEAR_WORDS_ ? (size_t)LOFT_LINEAR_STATE + 1 : (size_t)words * sizeof(uint64_t);
}

LOFT_API size_t
loft_linear_len_(const uint64_t *object)
{
    return (size_t)(object[1] >> 32);
}

/* Makes room for a word at p, which moves what follows; false: there is none, and the state says so from now on. */
LOFT_API bool
loft_linear_widen_(uint64_t *w, uint64_t *p, size_t words)
{
    if (w[0] + words > LOFT_LINEAR_WORDS_) {
        w[0] = LOFT_LINEAR_OVERFLOW_;
        return false;
    }
    memmove(p + words, p, (size_t)(w + w[0] - p) * sizeof *p);
    w[0] += words;
    return true;
}

LOFT_API void
loft_linear_narrow_(uint64_t *w, uint64_t *p, size_t words)
{
    memmove(p, p + words, (size_t)(w + w[0] - (p + words)) * sizeof *p);
    w[0] -= words;
}

/* The object of this key, a new one where there is none; NULL: no room. loft_linear_put_back_ follows. */
LOFT_API uint64_t *
loft_linear_object_(uint64_t *w, uint64_t key)
{
    uint64_t *p = w + 2;
    uint64_t *const end = w + w[0];
    while (p < end && p[0] < key)
        p += 2 + loft_linear_len_(p);
    if (p < end && p[0] == key)
        return p;
    if (!loft_linear_widen_(w, p, 2))
        return NULL;
    p[0] = key;
    p[1] = 0;
    return p;
}

LOFT_API void
loft_linear_put_back_(uint64_t *w, uint64_t *object)
{
    if (object[1] == 0)
        loft_linear_narrow_(w, object, 2);
}

LOFT_API void
loft_linear_append_(uint64_t *w, uint64_t *object, uint64_t value)
{
    uint64_t *const at = object + 2 + loft_linear_len_(object);
    if (loft_linear_widen_(w, at, 1)) {
        *at = value;
        object[1] += LOFT_LINEAR_ONE_;
    }
}

LOFT_API void
loft_linear_take_(uint64_t *w, uint64_t *object, size_t index)
{
    loft_linear_narrow_(w, object + 2 + index, 1);
    object[1] -= LOFT_LINEAR_ONE_;
}

/* loft_linear_kind_name - what a kind of the ready models is called.
 *   returns   a static string such as "push"; "?" for none of them
 */
LOFT_API const char *
loft_linear_kind_name(unsigned kind)
{
    switch ((loft_linear_kind)kind) {
    case LOFT_LINEAR_PUSH:          return "push";
    case LOFT_LINEAR_POP:           return "pop";
    case LOFT_LINEAR_CLOSE:         return "close";
    case LOFT_LINEAR_IS_CLOSED:     return "is_closed";
    case LOFT_LINEAR_INSERT:        return "insert";
    case LOFT_LINEAR_CONTAINS:      return "contains";
    case LOFT_LINEAR_REMOVE:        return "remove";
    case LOFT_LINEAR_ERASE:         return "erase";
    case LOFT_LINEAR_GET:           return "get";
    case LOFT_LINEAR_PUT:           return "put";
    case LOFT_LINEAR_PUT_IF_ABSENT: return "put_if_absent";
    case LOFT_LINEAR_ADD:           return "add";
    case LOFT_LINEAR_FETCH_ADD:     return "fetch_add";
    case LOFT_LINEAR_READ:          return "read";
    }
    return "?";
}

/* ---- the ready models -------------------------------------------------------------------------------------------- */

/* The queue's flags: closed, and above it how many slots are in use, which is told apart from the length only where
 * calls have slots in hand. */
#define LOFT_LINEAR_CLOSED_  1u
#define LOFT_LINEAR_SLOT_    2u

LOFT_API bool
loft_linear_queue_apply_(void *state, const loft_linear_op *op)
{
    uint64_t *const w = (uint64_t *)state;
    uint64_t *const q = loft_linear_object_(w, op->key);
    if (!q)
        return true;
    const bool closed = (q[1] & LOFT_LINEAR_CLOSED_) != 0;
    const size_t len = loft_linear_len_(q);
    bool can = false;
    switch (op->kind) {
    case LOFT_LINEAR_PUSH:
        can = !closed && (w[1] == 0 || len < w[1]);
        if (!op->pending && op->ok != can)
            return false;
        if (can)
            loft_linear_append_(w, q, op->arg);
        break;
    case LOFT_LINEAR_POP:
        can = len != 0;
        if (!op->pending && (op->ok != can || (can && q[2] != op->result)))
            return false;
        if (can)
            loft_linear_take_(w, q, 0);
        break;
    case LOFT_LINEAR_CLOSE:
        q[1] |= LOFT_LINEAR_CLOSED_;
        break;
    case LOFT_LINEAR_IS_CLOSED:
        if (!op->pending && op->ok != closed)
            return false;
        break;
    default:
        return false;
    }
    if (loft_linear_size_(state) <= LOFT_LINEAR_STATE)
        loft_linear_put_back_(w, q);
    return true;
}

/* FIFO queues by key, each bounded by model_arg, 0: unbounded. Full means full. */
LOFT_LINEAR_CONST_ loft_linear_model loft_linear_queue = {
    "queue", LOFT_LINEAR_STATE, loft_linear_init_, loft_linear_queue_apply_, loft_linear_kind_name, true,
    loft_linear_size_, NULL, 0
};

/* ---- private: configurations seen before ------------------------------------------------------------------------- */

/* Entries lie one behind the other in `room`, each a head and its bytes in whole words; a table of places finds them.
 * Both begin as arrays of the caller and move to the heap when they must grow. Where they cannot, nothing more is
 * remembered, which costs time and no truth. */
struct loft_linear_entry_ {
    uint64_t a;
    uint64_t b;
    uint64_t size;
    uint64_t from;                                       /* the entry it was reached from, for who walks back     */
    uint64_t turn;                                       /* what is to be tried next, likewise                    */
};

struct loft_linear_memo_ {
    uint64_t *room;
    size_t words;
    size_t used;
    uint32_t *table;                                     /* place in room + 1; 0: free. NULL until the first one  */
    size_t slots;
    size_t count;
    uint64_t *heap_room;
    uint32_t *heap_table;
    uint64_t *first_room;
    uint32_t *first_table;
};

#define LOFT_LINEAR_HEAD_  (sizeof(struct loft_linear_entry_) / sizeof(uint64_t))

LOFT_API void
loft_linear_memo_end_(struct loft_linear_memo_ *m)
{
    free(m->heap_room);
    free(m->heap_table);
}

LOFT_API uint64_t
loft_linear_hash_(uint64_t a, uint64_t b, const uint64_t *key, size_t size)
{
    uint64_t h = (a * UINT64_C(0x9e3779b97f4a7c15)) ^ (b + UINT64_C(0x632be59bd9b4e019)) ^ size;
    for (size_t i = 0; i < size / sizeof *key; i++) {
        h = (h ^ key[i]) * UINT64_C(0xd6e8feb86659fd93);
        h ^= h >> 32;
    }
    h *= UINT64_C(0xd6e8feb86659fd93);
    return h ^ (h >> 32);
}

/* The place of the entry, or where it would be in the table. */
LOFT_API bool
loft_linear_find_(const struct loft_linear_memo_ *m, uint64_t a, uint64_t b, const uint64_t *key, size_t size,
                  size_t *slot)
{
    size_t i = (size_t)loft_linear_hash_(a, b, key, size) & (m->slots - 1);
    for (; m->table[i] != 0; i = (i + 1) & (m->slots - 1)) {
        const uint64_t *const e = m->room + (m->table[i] - 1);
        if (e[0] == a && e[1] == b && e[2] == size && memcmp(e + LOFT_LINEAR_HEAD_, key, size) == 0) {
            *slot = i;
            return true;
        }
    }
    *slot = i;
    return false;
}

/* Size is a multiple of a word. */
LOFT_API bool
loft_linear_seen_(const struct loft_linear_memo_ *m, uint64_t a, uint64_t b, const uint64_t *key, size_t size)
{
    size_t slot;
    return m->count != 0 && loft_linear_find_(m, a, b, key, size, &slot);
}

LOFT_API bool
loft_linear_grow_(struct loft_linear_memo_ *m, size_t words)
{
    if (m->count >= m->slots / 2) {
        const size_t slots = m->slots * 4;
        uint32_t *const table = (uint32_t *)calloc(slots, sizeof *table);
        if (!table)
            return false;
        for (size_t at = 0; at < m->used; at += LOFT_LINEAR_HEAD_ + (size_t)m->room[at + 2] / sizeof *m->room) {
            const uint64_t *const e = m->room + at;
            size_t i = (size_t)loft_linear_hash_(e[0], e[1], e + LOFT_LINEAR_HEAD_, (size_t)e[2]) & (slots - 1);
            while (table[i] != 0)
                i = (i + 1) & (slots - 1);
            table[i] = (uint32_t)at + 1;
        }
        free(m->heap_table);
        m->heap_table = table;
        m->table = table;
        m->slots = slots;
    }
    if (m->words - m->used < words) {
        const size_t want = m->words * 2 + words;
        uint64_t *const room = want > UINT32_MAX ? NULL
            : (uint64_t *)realloc(m->heap_room, want * sizeof *room);
        if (!room)
            return false;
        if (!m->heap_room)
            memcpy(room, m->room, m->used * sizeof *room);
        m->heap_room = room;
        m->room = room;
        m->words = want;
    }
    return true;
}

/* Remembers what loft_linear_seen_ did not know; its place, or SIZE_MAX where there is no room. */
LOFT_API size_t
loft_linear_remember_(struct loft_linear_memo_ *m, uint64_t a, uint64_t b, const uint64_t *key, size_t size)
{
    const size_t words = LOFT_LINEAR_HEAD_ + size / sizeof *key;
    size_t slot;
    if (m->count == 0)
        memset(m->table, 0, m->slots * sizeof *m->table);
    if ((m->count >= m->slots / 2 || m->words - m->used < words) && !loft_linear_grow_(m, words))
        return SIZE_MAX;
    if (loft_linear_find_(m, a, b, key, size, &slot))
        return m->table[slot] - 1;
    uint64_t *const e = m->room + m->used;
    e[0] = a;
    e[1] = b;
    e[2] = size;
    e[3] = 0;
    e[4] = 0;
    memcpy(e + LOFT_LINEAR_HEAD_, key, size);
    m->table[slot] = (uint32_t)m->used + 1;
    m->used += words;
    m->count++;
    return m->used - words;
}

/* ---- the search -------------------------------------------------------------------------------------------------- */

#define LOFT_LINEAR_ROOM_   1280                         /* words of the states on the path                       */
#define LOFT_LINEAR_MEMO_   512                          /* words of the first memory                             */
#define LOFT_LINEAR_TABLE_  32                           /* and places of its table                               */

struct loft_linear_run_ {
    const loft_linear_model *model;
    const loft_linear_op *op;
    size_t n;
    uint64_t all;
    uint64_t must;                                       /* those that are not pending                            */
    uint64_t left;                                       /* of the budget                                         */
    bool gave_up;
    unsigned taken;                                      /* entries of order                                      */
    unsigned *order;
    uint64_t *big;                                       /* a state for each step, once `room` is too small       */
    uint64_t need[LOFT_LINEAR_OPS];
    struct loft_linear_memo_ memo;
    uint64_t room[LOFT_LINEAR_ROOM_];
    uint64_t memo_room[LOFT_LINEAR_MEMO_];
    uint32_t memo_table[LOFT_LINEAR_TABLE_];
};

#define LOFT_LINEAR_UP_(bytes)  (((bytes) + (sizeof(uint64_t) - 1u)) / sizeof(uint64_t) * sizeof(uint64_t))

/* How much of the state counts, in whole words: what stands behind its last byte is cleared. SIZE_MAX: it did not
 * fit, or is larger than allowed. */
LOFT_API size_t
loft_linear_used_(const loft_linear_model *model, uint64_t *state)
{
    const size_t bytes = model->size ? model->size(state) : model->state_bytes;
    if (bytes > model->state_bytes)
        return SIZE_MAX;
    if (bytes % sizeof *state)
        memset((unsigned char *)state + bytes, 0, LOFT_LINEAR_UP_(bytes) - bytes);
    return LOFT_LINEAR_UP_(bytes);
}

/* Where the state of the next step goes. */
LOFT_API uint64_t *
loft_linear_next_(struct loft_linear_run_ *r, uint64_t *state, size_t used, unsigned depth)
{
    const size_t most = LOFT_LINEAR_UP_(r->model->state_bytes) / sizeof *state;
    const uintptr_t at = (uintptr_t)(void *)state;
    const uintptr_t from = (uintptr_t)(void *)r->room;
    if (at >= from && at < from + sizeof r->room) {
        uint64_t *const next = state + used / sizeof *state;
        if ((size_t)(r->room + LOFT_LINEAR_ROOM_ - next) >= most)
            return next;
    }
    if (!r->big)
        r->big = (uint64_t *)malloc((2 * r->n + 2) * most * sizeof *state);
    if (!r->big) {
        r->gave_up = true;
        return NULL;
    }
    return r->big + most * depth;
}

LOFT_API void
loft_linear_took_(struct loft_linear_run_ *r, size_t i)
{
    if (r->order)
        r->order[r->taken] = (unsigned)i;
    r->taken++;
}

/* Is there an order of what is left, from this state on? lo and hi hold the stage of each call; for models without
 * step they are the same. */
LOFT_API bool
loft_linear_try_(struct loft_linear_run_ *r, uint64_t lo, uint64_t hi, uint64_t *state, size_t used, unsigned depth)
{
    const loft_linear_model *const model = r->model;
    const uint64_t one = 1;
    const unsigned ways = model->step ? model->ways : 1;
    uint64_t done = lo & hi;
    uint64_t can = r->all & ~done;
    if ((r->must & ~done) == 0)
        return true;
    if (r->left == 0) {
        r->gave_up = true;
        return false;
    }
    r->left--;
    uint64_t *const next = loft_linear_next_(r, state, used, depth);
    if (!next)
        return false;

    /* Who may go now and changes nothing goes at once: wherever else it stood in an order, it could as well stand
     * here. Not so where a call has several ways: another one may be what a third call needs. */
    if (!model->step) {
        uint64_t tried = 0;
        can = 0;
        for (bool again = true; again;) {
            again = false;
            for (size_t i = 0; i < r->n; i++) {
                if (((done | tried) >> i & 1u) || (r->need[i] & ~done))
                    continue;
                tried |= one << i;
                memcpy(next, state, used);
                if (!model->apply(next, &r->op[i]))
                    continue;
                const size_t size = loft_linear_used_(model, next);
                if (size != used || memcmp(next, state, used) != 0) {
                    can |= one << i;
                } else if (r->must >> i & 1u) {
                    done |= one << i;
                    loft_linear_took_(r, i);
                    again = true;
                }
            }
        }
        lo = hi = done;
        if ((r->must & ~done) == 0)
            return true;
        if (can == 0)
            return false;
    }
    if (loft_linear_seen_(&r->memo, lo, hi, state, used))
        return false;

    const unsigned taken = r->taken;
    for (size_t i = 0; i < r->n; i++) {
        const unsigned stage = (unsigned)(lo >> i & 1u) | (unsigned)(hi >> i & 1u) << 1;
        if (!(can >> i & 1u) || (stage == 0 && (r->need[i] & ~done)))
            continue;
        for (unsigned way = 0; way < ways && !r->gave_up; way++) {
            memcpy(next, state, used);
            unsigned now = LOFT_LINEAR_DONE;
            if (model->step)
                now = model->step(next, &r->op[i], stage, way);
            else if (!model->apply(next, &r->op[i]))
                now = LOFT_LINEAR_CANNOT;
            if (now == LOFT_LINEAR_CANNOT)
                continue;
            const size_t size = loft_linear_used_(model, next);
            if (size == SIZE_MAX) {
                r->gave_up = true;
                return false;
            }
            if (now == LOFT_LINEAR_DONE)
                loft_linear_took_(r, i);
            const uint64_t bit = one << i;
            if (loft_linear_try_(r, now & 1u ? lo | bit : lo & ~bit, now & 2u ? hi | bit : hi & ~bit, next, size,
                                 depth + 1))
                return true;
            r->taken = taken;
        }
        if (r->gave_up)
            return false;
    }
    (void)loft_linear_remember_(&r->memo, lo, hi, state, used);
    return false;
}

/* loft_linear_search - is there an order of the calls, within a partial order, that a sequential object could have
 * had?
 *   returns   LOFT_LINEAR_YES, _NO; _GAVE_UP: more than LOFT_LINEAR_OPS calls, the budget is spent, a state did not
 *             fit, or no memory
 *   m, arg    the model and what its init is given
 *   before    before[i]: the calls that must come before call i, a bit each, transitively closed or not; the bits of
 *             pending calls count for nothing, because what has not returned comes before nothing
 *   budget    most configurations tried; 0: no limit
 *   order     NULL, or n numbers: the calls in an order that explains them, and UINT_MAX for pending calls that did
 *             not take effect; only with LOFT_LINEAR_YES
 *   threads   any, each with its own history
 *   cost      exponential in how many calls overlap, at worst. No allocation for some 16 calls with small states
 */
LOFT_API loft_linear_answer
loft_linear_search(const loft_linear_model *m, uint64_t arg, const loft_linear_op *op, size_t n,
                   const uint64_t *before, uint64_t budget, unsigned *order)
{
    struct loft_linear_run_ r;
    loft_linear_answer answer = LOFT_LINEAR_GAVE_UP;
    if (n > LOFT_LINEAR_OPS || m->state_bytes > LOFT_LINEAR_STATE)
        return LOFT_LINEAR_GAVE_UP;
    r.model = m;
    r.op = op;
    r.n = n;
    r.all = n == 64 ? UINT64_MAX : ((uint64_t)1 << n) - 1;
    r.must = 0;
    for (size_t i = 0; i < n; i++)
        r.must |= (uint64_t)!op[i].pending << i;
    for (size_t i = 0; i < n; i++)
        r.need[i] = before[i] & r.must;
    r.left = budget ? budget : UINT64_MAX;
    r.gave_up = false;
    r.taken = 0;
    r.order = order;
    r.big = NULL;
    r.memo.room = r.memo_room;
    r.memo.words = LOFT_LINEAR_MEMO_;
    r.memo.used = 0;
    r.memo.table = r.memo_table;
    r.memo.slots = LOFT_LINEAR_TABLE_;
    r.memo.count = 0;
    r.memo.heap_room = NULL;
    r.memo.heap_table = NULL;
    memset(r.room, 0, m->size ? 2 * sizeof *r.room : m->state_bytes);
    m->init(r.room, arg);
    const size_t used = loft_linear_used_(m, r.room);
    if (used != SIZE_MAX && loft_linear_try_(&r, 0, 0, r.room, used, 0))
        answer = LOFT_LINEAR_YES;
    else if (used != SIZE_MAX && !r.gave_up)
        answer = LOFT_LINEAR_NO;
    if (answer == LOFT_LINEAR_YES && order)
        while (r.taken < n)
            order[r.taken++] = UINT32_MAX;
    free(r.big);
    loft_linear_memo_end_(&r.memo);
    return answer;
}

#endif /* supported */
#endif /* LOFT_CHECK_LINEAR_H */
