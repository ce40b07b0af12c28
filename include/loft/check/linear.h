/* SPDX-License-Identifier: MIT
 *
 * loft/check/linear.h - can a recorded history of calls be explained by a sequential object? For tests.
 *
 * Needs: core/base.h
 *
 * USE IT WHEN      threads called an object at the same time, each call's answer was recorded, and you want to know
 *                  whether some order of the calls explains all of them (linearizability). Plain C: no threads, no
 *                  atomics, nothing of the object's own code. The explorer asks it about every execution.
 * DO NOT USE IT    in the code under test: recording is yours, and a counter or a lock shared by the recording threads
 *                  would order what the object must order. Read a clock, or keep order by other means.
 *
 * EXAMPLE
 *     #include <loft/check/linear.h>
 *
 *     int main(void)
 *     {
 *         // kind, thread, key, arg, result, ok, pending, begin, end
 *         loft_linear_op op[3] = {
 *             { LOFT_LINEAR_PUSH, 0, 0, 7, 0, true,  false, 10, 40 },
 *             { LOFT_LINEAR_POP,  1, 0, 0, 0, false, false, 20, 30 },      // empty: before the push took effect
 *             { LOFT_LINEAR_POP,  1, 0, 0, 7, true,  false, 35, 60 },
 *         };
 *         if (loft_linear_check(&loft_linear_queue, 0, op, 3, 0) != LOFT_LINEAR_YES)
 *             return 1;
 *         op[1].begin = 50;                                                // now the 7 is inside all the time ...
 *         op[1].end = 55;
 *         op[2].begin = 60;                                                // ... that the other pop finds it empty
 *         return loft_linear_check(&loft_linear_queue, 0, op, 3, 0) != LOFT_LINEAR_NO;
 *     }
 *
 * OPERATIONS
 *   loft_linear_search(model, arg, op, n, before, budget, order)   up to 64 calls in any partial order; exact
 *   loft_linear_check(model, arg, op, n, budget)                   any number of calls with moments; exact
 *   loft_linear_queue_bad(capacity, hands, op, n)                  FIFO queues, distinct values, millions of calls
 *   loft_linear_print(out, prefix, model, op, n)                   the history for people
 *   loft_linear_text(model, op, text, size)                        one call of it
 *   loft_linear_kind_name(kind)                                    of the ready models
 *
 * MODELS       loft_linear_queue, _queue_in_hand, _queue_on_credit, _stack, _set, _map, _counter; loft_linear_kind says
 *              what their calls mean. Several queues, stacks or counters are told apart by key. A model of yours is a
 *              loft_linear_model.
 *
 * TIME         Any clock that all threads agree on. A call precedes another if it returned strictly before the other
 *              began: equal moments overlap, so that a coarse clock can hide an error but never invent one.
 *
 * PENDING      A call that has not returned (its thread was stopped) may have taken effect or not, whatever its answer.
 *
 * BY KEY       loft_linear_check judges each key alone where the model allows it. In real time that is no loss: if
 *              each object has an order, all have one together (Herlihy and Wing 1990). In a partial order such as
 *              happens-before it would be: each of two threads pushes to a queue of its own and then finds the other's
 *              empty, which each queue explains alone and no order explains for both. loft_linear_search judges all
 *              keys together.
 *
 * MEMORY       loft_linear_search: some 20 KiB of stack; the heap only for long or hard histories. The others: the
 *              heap. Where malloc fails, the answer is LOFT_LINEAR_GAVE_UP or the words "no memory", never a verdict.
 *
 * SOURCE       Wing and Gong 1993; Lowe 2017 (a memory of configurations); Henzinger, Sezgin and Vafeiadis 2013 (bad
 *              patterns of queues). Ours: what only reads goes at once, and of equal calls the most urgent goes.
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

/* A sequential object. Equal states have equal bytes, padding included, so that a state holds no addresses and init
 * clears it. Where apply or step refuses, the state is thrown away, whatever they did to it. */
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
    bool (*reads)(const loft_linear_op *op);             /* or NULL: whatever the state, op cannot both answer so
                                                          * and change it. Saves much time. Not asked of pending  */
    bool (*alike)(const loft_linear_op *a, const loft_linear_op *b);
                                                         /* or NULL: where b stands in an order and a behind it,
                                                          * they can change places. Asked where both may go, and a
                                                          * returns first, or b not at all. Saves time            */
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

/* Of calls with one moment of effect, those that were refused, and those that only look. A put that finds its own value
 * in place is none of them: elsewhere it would have changed something. */
LOFT_API bool
loft_linear_reads_(const loft_linear_op *op)
{
    switch (op->kind) {
    case LOFT_LINEAR_IS_CLOSED:
    case LOFT_LINEAR_CONTAINS:
    case LOFT_LINEAR_GET:
    case LOFT_LINEAR_READ:
        return true;
    case LOFT_LINEAR_PUSH:
    case LOFT_LINEAR_POP:
    case LOFT_LINEAR_INSERT:
    case LOFT_LINEAR_REMOVE:
    case LOFT_LINEAR_ERASE:
    case LOFT_LINEAR_PUT_IF_ABSENT:
        return !op->ok;
    default:
        return false;
    }
}

/* Do two calls ask for the same, and were told the same? One that has not returned will be told what the other was. */
LOFT_API bool
loft_linear_alike_(const loft_linear_op *a, const loft_linear_op *b)
{
    const bool takes = a->kind != LOFT_LINEAR_POP && a->kind != LOFT_LINEAR_REMOVE && a->kind != LOFT_LINEAR_ERASE
                    && a->kind != LOFT_LINEAR_INSERT;
    return a->kind == b->kind && a->key == b->key && (!takes || a->arg == b->arg)
        && (b->pending || (a->ok == b->ok && a->result == b->result));
}

/* In a set, all who insert a key do the same, and so do all who take it out. */
LOFT_API bool
loft_linear_alike_in_set_(const loft_linear_op *a, const loft_linear_op *b)
{
    return a->key == b->key && (b->pending || a->ok == b->ok)
        && (a->kind == LOFT_LINEAR_INSERT) == (b->kind == LOFT_LINEAR_INSERT)
        && (a->kind == LOFT_LINEAR_CONTAINS) == (b->kind == LOFT_LINEAR_CONTAINS);
}

/* Where a call may hold a slot, one that is refused may be what another one is refused for. */
LOFT_API bool
loft_linear_looks_(const loft_linear_op *op)
{
    return op->kind != LOFT_LINEAR_PUSH && loft_linear_reads_(op);
}

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

/* As loft_linear_queue_apply_, for a ring whose calls hold slots while they are in progress. Way 0 is the usual course
 * of things, way 1 a push that is refused, way 2 one that counts for one more while it is being refused. */
LOFT_API unsigned
loft_linear_queue_step_(void *state, const loft_linear_op *op, unsigned stage, unsigned way)
{
    uint64_t *const w = (uint64_t *)state;
    uint64_t *const q = loft_linear_object_(w, op->key);
    unsigned now = LOFT_LINEAR_CANNOT;
    if (!q)
        return LOFT_LINEAR_DONE;
    const bool closed = (q[1] & LOFT_LINEAR_CLOSED_) != 0;
    const bool room = w[1] == 0 || (uint32_t)q[1] / LOFT_LINEAR_SLOT_ < w[1];
    const size_t len = loft_linear_len_(q);
    if (op->kind == LOFT_LINEAR_PUSH && stage == 0) {
        if (way == 0 && room) {
            q[1] += LOFT_LINEAR_SLOT_;
            now = LOFT_LINEAR_BEGUN;
        } else if (way == 1 && !op->pending && !op->ok && (closed || !room)) {
            now = LOFT_LINEAR_DONE;
        } else if (way == 2 && (op->pending || !op->ok) && !room) {
            q[1] += LOFT_LINEAR_SLOT_;
            now = LOFT_LINEAR_BEGUN_OTHERWISE;
        }
    } else if (way != 0) {
        now = LOFT_LINEAR_CANNOT;
    } else if (op->kind == LOFT_LINEAR_PUSH) {
        if (stage == LOFT_LINEAR_BEGUN && !closed) {
            if (op->pending || op->ok) {
                loft_linear_append_(w, q, op->arg);
                now = LOFT_LINEAR_DONE;
            }
        } else if (op->pending || !op->ok) {             /* gives the slot back                                   */
            q[1] -= LOFT_LINEAR_SLOT_;
            now = LOFT_LINEAR_DONE;
        }
    } else if (op->kind == LOFT_LINEAR_POP) {
        if (stage != 0) {
            q[1] -= LOFT_LINEAR_SLOT_;
            now = LOFT_LINEAR_DONE;
        } else if (len != 0 && (op->pending || (op->ok && q[2] == op->result))) {
            loft_linear_take_(w, q, 0);
            now = LOFT_LINEAR_BEGUN;
        } else if (len == 0 && !op->pending && !op->ok) {
            now = LOFT_LINEAR_DONE;
        }
    } else if (op->kind == LOFT_LINEAR_CLOSE) {
        q[1] |= LOFT_LINEAR_CLOSED_;
        now = LOFT_LINEAR_DONE;
    } else if (op->kind == LOFT_LINEAR_IS_CLOSED && (op->pending || op->ok == closed)) {
        now = LOFT_LINEAR_DONE;
    }
    if (w[0] <= LOFT_LINEAR_WORDS_)
        loft_linear_put_back_(w, q);
    return now;
}

LOFT_API bool
loft_linear_stack_apply_(void *state, const loft_linear_op *op)
{
    uint64_t *const w = (uint64_t *)state;
    uint64_t *const s = loft_linear_object_(w, op->key);
    if (!s)
        return true;
    const size_t len = loft_linear_len_(s);
    const bool push = op->kind == LOFT_LINEAR_PUSH;
    const bool can = push ? w[1] == 0 || len < w[1] : len != 0;
    if ((!push && op->kind != LOFT_LINEAR_POP) || (!op->pending && op->ok != can))
        return false;
    if (!op->pending && !push && can && s[1 + len] != op->result)
        return false;
    if (can && push)
        loft_linear_append_(w, s, op->arg);
    else if (can)
        loft_linear_take_(w, s, len - 1);
    if (w[0] <= LOFT_LINEAR_WORDS_)
        loft_linear_put_back_(w, s);
    return true;
}

/* Of a set, the objects are the keys inside, each with a flag and nothing else; of a map, each with its value. */
LOFT_API bool
loft_linear_set_apply_(void *state, const loft_linear_op *op)
{
    uint64_t *const w = (uint64_t *)state;
    uint64_t *const k = loft_linear_object_(w, op->key);
    if (!k)
        return true;
    const bool inside = k[1] != 0;
    const bool ok = op->kind == LOFT_LINEAR_INSERT ? !inside : inside;
    if (!op->pending && op->ok != ok)
        return false;
    switch (op->kind) {
    case LOFT_LINEAR_INSERT:
        k[1] = 1;
        break;
    case LOFT_LINEAR_REMOVE:
    case LOFT_LINEAR_ERASE:
        k[1] = 0;
        break;
    case LOFT_LINEAR_CONTAINS:
        break;
    default:
        return false;
    }
    loft_linear_put_back_(w, k);
    return true;
}

LOFT_API bool
loft_linear_map_apply_(void *state, const loft_linear_op *op)
{
    uint64_t *const w = (uint64_t *)state;
    uint64_t *const k = loft_linear_object_(w, op->key);
    if (!k)
        return true;
    const bool inside = k[1] != 0;
    const bool puts = op->kind == LOFT_LINEAR_PUT || op->kind == LOFT_LINEAR_PUT_IF_ABSENT;
    const bool tells = op->kind == LOFT_LINEAR_GET || op->kind == LOFT_LINEAR_REMOVE;
    if (!op->pending && (op->ok != (puts ? !inside : inside) || (tells && inside && op->result != k[2])))
        return false;
    switch (op->kind) {
    case LOFT_LINEAR_PUT:
    case LOFT_LINEAR_PUT_IF_ABSENT:
        if (!inside)
            loft_linear_append_(w, k, op->arg);
        else if (op->kind == LOFT_LINEAR_PUT)
            k[2] = op->arg;
        break;
    case LOFT_LINEAR_REMOVE:
    case LOFT_LINEAR_ERASE:
        if (inside)
            loft_linear_take_(w, k, 0);
        break;
    case LOFT_LINEAR_GET:
    case LOFT_LINEAR_CONTAINS:
        break;
    default:
        return false;
    }
    if (w[0] <= LOFT_LINEAR_WORDS_)
        loft_linear_put_back_(w, k);
    return true;
}

/* What is kept is how far each counter is from where it began. */
LOFT_API bool
loft_linear_counter_apply_(void *state, const loft_linear_op *op)
{
    uint64_t *const w = (uint64_t *)state;
    uint64_t *const c = loft_linear_object_(w, op->key);
    if (!c)
        return true;
    const bool moved = c[1] != 0;
    const uint64_t far = moved ? c[2] : 0;
    const bool adds = op->kind == LOFT_LINEAR_ADD || op->kind == LOFT_LINEAR_FETCH_ADD;
    if (!adds && op->kind != LOFT_LINEAR_READ)
        return false;
    if (!op->pending && op->kind != LOFT_LINEAR_ADD && op->result != w[1] + far)
        return false;
    if (adds && far + op->arg == 0) {
        if (moved)
            loft_linear_take_(w, c, 0);
    } else if (adds && moved) {
        c[2] = far + op->arg;
    } else if (adds) {
        loft_linear_append_(w, c, op->arg);
    }
    if (w[0] <= LOFT_LINEAR_WORDS_)
        loft_linear_put_back_(w, c);
    return true;
}

/* FIFO queues by key, each bounded by model_arg, 0: unbounded. Full means full. */
LOFT_LINEAR_CONST_ loft_linear_model loft_linear_queue = {
    "queue", LOFT_LINEAR_STATE, loft_linear_init_, loft_linear_queue_apply_, loft_linear_kind_name, true,
    loft_linear_size_, NULL, 0, loft_linear_reads_, loft_linear_alike_
};

/* The same for rings whose calls hold slots while they are in progress: a slot is in use from some moment of the push
 * to some later moment of the pop, so that a push may be refused while fewer elements than the capacity are queued. */
LOFT_LINEAR_CONST_ loft_linear_model loft_linear_queue_in_hand = {
    "queue, slots in hand", LOFT_LINEAR_STATE, loft_linear_init_, NULL, loft_linear_kind_name, true,
    loft_linear_size_, loft_linear_queue_step_, 2, loft_linear_looks_, NULL
};

/* And in which a push that finds all slots in use counts as the user of one more until it returns, so that another may
 * be refused because of it. */
LOFT_LINEAR_CONST_ loft_linear_model loft_linear_queue_on_credit = {
    "queue, slots in hand and on credit", LOFT_LINEAR_STATE, loft_linear_init_, NULL, loft_linear_kind_name, true,
    loft_linear_size_, loft_linear_queue_step_, 3, loft_linear_looks_, NULL
};

/* Stacks by key, each bounded by model_arg, 0: unbounded. */
LOFT_LINEAR_CONST_ loft_linear_model loft_linear_stack = {
    "stack", LOFT_LINEAR_STATE, loft_linear_init_, loft_linear_stack_apply_, loft_linear_kind_name, true,
    loft_linear_size_, NULL, 0, loft_linear_reads_, loft_linear_alike_
};

/* One set of keys. */
LOFT_LINEAR_CONST_ loft_linear_model loft_linear_set = {
    "set", LOFT_LINEAR_STATE, loft_linear_init_, loft_linear_set_apply_, loft_linear_kind_name, true,
    loft_linear_size_, NULL, 0, loft_linear_reads_, loft_linear_alike_in_set_
};

/* One map from keys to values. */
LOFT_LINEAR_CONST_ loft_linear_model loft_linear_map = {
    "map", LOFT_LINEAR_STATE, loft_linear_init_, loft_linear_map_apply_, loft_linear_kind_name, true,
    loft_linear_size_, NULL, 0, loft_linear_reads_, loft_linear_alike_
};

/* Counters by key, each from model_arg on, modulo 2^64. */
LOFT_LINEAR_CONST_ loft_linear_model loft_linear_counter = {
    "counter", LOFT_LINEAR_STATE, loft_linear_init_, loft_linear_counter_apply_, loft_linear_kind_name, true,
    loft_linear_size_, NULL, 0, loft_linear_reads_, loft_linear_alike_
};

/* ---- private: configurations seen before ------------------------------------------------------------------------- */

/* Entries lie one behind the other in `room`, each a head and its bytes in whole words; a table of places finds them.
 * Both begin as arrays of the caller and move to the heap when they must grow. Where they cannot, nothing more is
 * remembered, which costs time and no truth. */
enum {
    LOFT_LINEAR_A_,                                      /* two words of the key                                  */
    LOFT_LINEAR_B_,
    LOFT_LINEAR_SIZE_,                                   /* and so many bytes of it behind the head               */
    LOFT_LINEAR_FROM_,                                   /* the entry it was reached from, for who walks back     */
    LOFT_LINEAR_TURN_,                                   /* what is to be tried next, likewise                    */
    LOFT_LINEAR_HEAD_
};

struct loft_linear_memo_ {
    uint64_t *room;
    size_t words;
    size_t used;
    uint32_t *table;                                     /* place in room + 1; 0: free. Cleared by the first one  */
    size_t slots;
    size_t count;
    uint64_t *heap_room;
    uint32_t *heap_table;
};

LOFT_API void
loft_linear_memo_begin_(struct loft_linear_memo_ *m, uint64_t *room, size_t words, uint32_t *table, size_t slots)
{
    m->room = room;
    m->words = words;
    m->used = 0;
    m->table = table;
    m->slots = slots;
    m->count = 0;
    m->heap_room = NULL;
    m->heap_table = NULL;
}

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
        if (e[LOFT_LINEAR_A_] == a && e[LOFT_LINEAR_B_] == b && e[LOFT_LINEAR_SIZE_] == size
            && memcmp(e + LOFT_LINEAR_HEAD_, key, size) == 0) {
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
        for (size_t at = 0; at < m->used;) {
            const uint64_t *const e = m->room + at;
            const size_t size = (size_t)e[LOFT_LINEAR_SIZE_];
            size_t i = (size_t)loft_linear_hash_(e[LOFT_LINEAR_A_], e[LOFT_LINEAR_B_], e + LOFT_LINEAR_HEAD_, size)
                     & (slots - 1);
            while (table[i] != 0)
                i = (i + 1) & (slots - 1);
            table[i] = (uint32_t)at + 1;
            at += LOFT_LINEAR_HEAD_ + size / sizeof *e;
        }
        free(m->heap_table);
        m->heap_table = table;
        m->table = table;
        m->slots = slots;
    }
    if (m->words - m->used < words) {
        const size_t want = m->words * 2 + words;
        const bool fits = want <= SIZE_MAX / sizeof *m->room && want < UINT32_MAX;
        uint64_t *const room = fits ? (uint64_t *)realloc(m->heap_room, want * sizeof *room) : NULL;
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
    e[LOFT_LINEAR_A_] = a;
    e[LOFT_LINEAR_B_] = b;
    e[LOFT_LINEAR_SIZE_] = size;
    e[LOFT_LINEAR_FROM_] = 0;
    e[LOFT_LINEAR_TURN_] = 0;
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
    uint64_t reads;                                      /* those that change nothing                             */
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

LOFT_API unsigned
loft_linear_go_(const loft_linear_model *m, void *state, const loft_linear_op *op, unsigned stage, unsigned way)
{
    if (m->step)
        return m->step(state, op, stage, way);
    return m->apply(state, op) ? (unsigned)LOFT_LINEAR_DONE : (unsigned)LOFT_LINEAR_CANNOT;
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
    if ((r->must & ~done) == 0)
        return true;
    uint64_t *const next = loft_linear_next_(r, state, used, depth);
    if (!next)
        return false;

    /* Who may go now and never changes anything goes at once: wherever else it stood in an order, it could as well
     * stand here. */
    for (uint64_t reads = r->reads & ~done, again = reads; again != 0;) {
        again = 0;
        for (size_t i = 0; i < r->n; i++) {
            if (!(reads >> i & 1u) || (r->need[i] & ~done))
                continue;
            reads &= ~(one << i);
            memcpy(next, state, used);
            if (loft_linear_go_(model, next, &r->op[i], 0, 0) != LOFT_LINEAR_DONE)
                continue;
            done |= one << i;
            loft_linear_took_(r, i);
            again = reads;
        }
    }
    lo |= done;
    hi |= done;
    if ((r->must & ~done) == 0)
        return true;
    if (loft_linear_seen_(&r->memo, lo, hi, state, used))
        return false;
    if (r->left == 0) {
        r->gave_up = true;
        return false;
    }
    r->left--;

    const unsigned taken = r->taken;
    for (size_t i = 0; i < r->n; i++) {
        const uint64_t bit = one << i;
        const unsigned stage = (unsigned)(lo >> i & 1u) | (unsigned)(hi >> i & 1u) << 1;
        if (((done | r->reads) & bit) || (stage == 0 && (r->need[i] & ~done)))
            continue;
        for (unsigned way = 0; way < ways; way++) {
            memcpy(next, state, used);
            const unsigned now = loft_linear_go_(model, next, &r->op[i], stage, way);
            if (now == LOFT_LINEAR_CANNOT)
                continue;
            const size_t size = loft_linear_used_(model, next);
            if (size == SIZE_MAX) {
                r->gave_up = true;
                return false;
            }
            if (now == LOFT_LINEAR_DONE && !(r->must & bit) && size == used && memcmp(next, state, used) == 0)
                continue;                                /* as if it had never been called                        */
            if (now == LOFT_LINEAR_DONE)
                loft_linear_took_(r, i);
            if (loft_linear_try_(r, now & 1u ? lo | bit : lo & ~bit, now & 2u ? hi | bit : hi & ~bit, next, size,
                                 depth + 1))
                return true;
            if (r->gave_up)
                return false;
            r->taken = taken;
        }
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
    r.reads = 0;
    for (size_t i = 0; i < n; i++) {
        r.need[i] = before[i] & r.must;
        if (m->reads && !op[i].pending)
            r.reads |= (uint64_t)m->reads(&op[i]) << i;
    }
    r.left = budget ? budget : UINT64_MAX;
    r.gave_up = false;
    r.taken = 0;
    r.order = order;
    r.big = NULL;
    loft_linear_memo_begin_(&r.memo, r.memo_room, LOFT_LINEAR_MEMO_, r.memo_table, LOFT_LINEAR_TABLE_);
    if (!m->size)
        memset(r.room, 0, m->state_bytes);
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

/* ---- long histories ---------------------------------------------------------------------------------------------- */

/* For calls with moments. Sorted by their begin, a configuration is short: how many of the calls have been reached
 * (all behind the last that was moved have not), and which of those have not taken effect, each with its stage. There
 * are no more of these than overlap at one moment, because a call moves only while nobody else has returned unmoved.
 * Of calls that say the same and may go now, the one that returns first goes: any order with another one in front
 * stays one if the two change places. With that, the search on a set never takes a wrong turn. */
struct loft_linear_config_ {
    size_t reached;
    size_t waiting;                                      /* how many                                              */
    size_t used;                                         /* bytes of the state                                    */
    uint32_t *wait;                                      /* place << 2 | stage, rising                            */
    uint64_t *state;
};

struct loft_linear_turn_ {
    uint64_t end;
    uint64_t wait;
};

struct loft_linear_long_ {
    const loft_linear_model *model;
    const loft_linear_op *const *op;                     /* by begin                                              */
    size_t n;
    uint64_t *end;                                       /* of each; UINT64_MAX: pending                          */
    uint64_t *first_end;                                 /* [i]: the first end of op[i] and those behind it       */
    size_t must;                                         /* behind the last one that is not pending               */
    struct loft_linear_config_ now;
    struct loft_linear_config_ next;
    uint64_t *spare;                                     /* a state                                               */
    uint64_t *key;
    struct loft_linear_turn_ *turn;
    struct loft_linear_memo_ memo;
    bool gave_up;
};

LOFT_API uint64_t
loft_linear_limit_(const struct loft_linear_long_ *l, const struct loft_linear_config_ *c)
{
    uint64_t limit = l->first_end[c->reached];
    for (size_t k = 0; k < c->waiting; k++)
        if (l->end[c->wait[k] >> 2] < limit)
            limit = l->end[c->wait[k] >> 2];
    return limit;
}

/* Takes the waiting call k out, or gives it another stage. */
LOFT_API void
loft_linear_stage_(struct loft_linear_config_ *c, size_t k, unsigned stage)
{
    if (stage != LOFT_LINEAR_DONE) {
        c->wait[k] = (c->wait[k] & ~(uint32_t)3) | stage;
        return;
    }
    c->waiting--;
    memmove(c->wait + k, c->wait + k + 1, (c->waiting - k) * sizeof *c->wait);
}

/* All calls up to this one have been reached, and wait. */
LOFT_API void
loft_linear_reach_(struct loft_linear_config_ *c, size_t i)
{
    for (; c->reached <= i; c->reached++)
        c->wait[c->waiting++] = (uint32_t)c->reached << 2;
}

LOFT_API void
loft_linear_copy_(struct loft_linear_config_ *to, const struct loft_linear_config_ *from)
{
    to->reached = from->reached;
    to->waiting = from->waiting;
    to->used = from->used;
    memcpy(to->wait, from->wait, from->waiting * sizeof *to->wait);
    memcpy(to->state, from->state, from->used);
}

/* Can the call answer so here? For one that has not begun. */
LOFT_API bool
loft_linear_fits_(struct loft_linear_long_ *l, const struct loft_linear_config_ *c, size_t i)
{
    memcpy(l->spare, c->state, c->used);
    return loft_linear_go_(l->model, l->spare, l->op[i], 0, 0) == LOFT_LINEAR_DONE;
}

LOFT_API bool
loft_linear_is_read_(const struct loft_linear_long_ *l, size_t i)
{
    return l->model->reads && !l->op[i]->pending && l->model->reads(l->op[i]);
}

/* Lets all go that may and never change anything, as in loft_linear_try_. */
LOFT_API void
loft_linear_settle_(struct loft_linear_long_ *l, struct loft_linear_config_ *c)
{
    if (!l->model->reads)
        return;
    for (size_t k = 0; k < c->waiting;) {
        const size_t i = c->wait[k] >> 2;
        if (loft_linear_is_read_(l, i) && loft_linear_fits_(l, c, i))
            loft_linear_stage_(c, k, LOFT_LINEAR_DONE);
        else
            k++;
    }
    uint64_t limit = loft_linear_limit_(l, c);
    for (size_t i = c->reached; i < l->n && l->op[i]->begin <= limit; i++) {
        if (loft_linear_is_read_(l, i) && loft_linear_fits_(l, c, i)) {
            loft_linear_reach_(c, i);
            loft_linear_stage_(c, c->waiting - 1, LOFT_LINEAR_DONE);
            limit = loft_linear_limit_(l, c);
        }
    }
}

LOFT_API bool
loft_linear_all_done_(const struct loft_linear_long_ *l, const struct loft_linear_config_ *c)
{
    if (c->reached < l->must)
        return false;
    for (size_t k = 0; k < c->waiting; k++)
        if (l->end[c->wait[k] >> 2] != UINT64_MAX)
            return false;
    return true;
}

/* Can a, who goes first otherwise, stand for b? What has not returned may go where a call that is like it may not. */
LOFT_API bool
loft_linear_stands_for_(struct loft_linear_long_ *l, uint64_t a, uint64_t b)
{
    const loft_linear_op *const x = l->op[a >> 2];
    const loft_linear_op *const y = l->op[b >> 2];
    return l->model->alike(x, y) && (x->pending || !y->pending || loft_linear_fits_(l, &l->now, (size_t)(a >> 2)));
}

/* Who may go now, those that return first in front; how many. */
LOFT_API size_t
loft_linear_turns_(struct loft_linear_long_ *l)
{
    const struct loft_linear_config_ *const c = &l->now;
    const uint64_t limit = loft_linear_limit_(l, c);
    size_t n = 0;
    size_t kept = 0;
    for (size_t k = 0; ; k++) {
        const bool waits = k < c->waiting;
        const size_t i = waits ? c->wait[k] >> 2 : c->reached + (k - c->waiting);
        if (!waits && (i >= l->n || l->op[i]->begin > limit))
            break;
        if (loft_linear_is_read_(l, i))
            continue;
        size_t at = n++;
        for (; at > 0 && l->turn[at - 1].end > l->end[i]; at--)
            l->turn[at] = l->turn[at - 1];
        l->turn[at].end = l->end[i];
        l->turn[at].wait = waits ? c->wait[k] : (uint64_t)i << 2;
    }
    if (!l->model->alike)
        return n;
    for (size_t t = 0; t < n; t++) {
        size_t twin = 0;
        while (twin < kept && !loft_linear_stands_for_(l, l->turn[twin].wait, l->turn[t].wait))
            twin++;
        if (twin == kept)
            l->turn[kept++] = l->turn[t];
    }
    return kept;
}

/* l->next is what l->now becomes when this call goes this way. */
LOFT_API bool
loft_linear_move_(struct loft_linear_long_ *l, uint64_t wait, unsigned way)
{
    struct loft_linear_config_ *const c = &l->next;
    const size_t i = (size_t)(wait >> 2);
    memcpy(c->state, l->now.state, l->now.used);
    const unsigned stage = loft_linear_go_(l->model, c->state, l->op[i], (unsigned)(wait & 3u), way);
    if (stage == LOFT_LINEAR_CANNOT)
        return false;
    c->used = loft_linear_used_(l->model, c->state);
    if (c->used == SIZE_MAX) {
        l->gave_up = true;
        return false;
    }
    if (stage == LOFT_LINEAR_DONE && l->op[i]->pending && c->used == l->now.used
        && memcmp(c->state, l->now.state, c->used) == 0)
        return false;                                    /* as if it had never been called                        */
    c->reached = l->now.reached;
    c->waiting = l->now.waiting;
    memcpy(c->wait, l->now.wait, c->waiting * sizeof *c->wait);
    if (i >= c->reached) {
        loft_linear_reach_(c, i);
        loft_linear_stage_(c, c->waiting - 1, stage);
    } else {
        size_t k = 0;
        while (c->wait[k] >> 2 != i)
            k++;
        loft_linear_stage_(c, k, stage);
    }
    return true;
}

/* The configuration as a key, in l->key; its size in bytes. */
LOFT_API size_t
loft_linear_pack_(struct loft_linear_long_ *l, const struct loft_linear_config_ *c)
{
    const size_t words = (c->waiting + 1) / 2;
    if (words)
        l->key[words - 1] = 0;
    memcpy(l->key, c->wait, c->waiting * sizeof *c->wait);
    memcpy(l->key + words, c->state, c->used);
    return words * sizeof *l->key + c->used;
}

LOFT_API void
loft_linear_unpack_(struct loft_linear_long_ *l, size_t place)
{
    const uint64_t *const e = l->memo.room + place;
    struct loft_linear_config_ *const c = &l->now;
    c->reached = (size_t)e[LOFT_LINEAR_A_];
    c->waiting = (size_t)e[LOFT_LINEAR_B_];
    const size_t words = (c->waiting + 1) / 2;
    c->used = (size_t)e[LOFT_LINEAR_SIZE_] - words * sizeof *e;
    memcpy(c->wait, e + LOFT_LINEAR_HEAD_, c->waiting * sizeof *c->wait);
    memcpy(c->state, e + LOFT_LINEAR_HEAD_ + words, c->used);
}

LOFT_API loft_linear_answer
loft_linear_walk_(struct loft_linear_long_ *l, uint64_t budget)
{
    const unsigned ways = l->model->step ? l->model->ways : 1;
    size_t at = SIZE_MAX;
    uint64_t left = budget ? budget : UINT64_MAX;
    loft_linear_settle_(l, &l->now);
    if (loft_linear_all_done_(l, &l->now))
        return LOFT_LINEAR_YES;
    for (bool fresh = true;;) {
        if (fresh) {                                     /* l->now has not been seen before                       */
            const size_t size = loft_linear_pack_(l, &l->now);
            const size_t place = left-- == 0 ? SIZE_MAX
                : loft_linear_remember_(&l->memo, l->now.reached, l->now.waiting, l->key, size);
            if (place == SIZE_MAX)
                return LOFT_LINEAR_GAVE_UP;
            l->memo.room[place + LOFT_LINEAR_FROM_] = at;
            at = place;
        } else {
            loft_linear_unpack_(l, at);
        }
        fresh = false;
        const size_t turns = loft_linear_turns_(l) * ways;
        for (size_t t = (size_t)l->memo.room[at + LOFT_LINEAR_TURN_]; t < turns && !fresh; t++) {
            l->memo.room[at + LOFT_LINEAR_TURN_] = t + 1;
            if (!loft_linear_move_(l, l->turn[t / ways].wait, (unsigned)(t % ways))) {
                if (l->gave_up)
                    return LOFT_LINEAR_GAVE_UP;
                continue;
            }
            loft_linear_settle_(l, &l->next);
            if (loft_linear_all_done_(l, &l->next))
                return LOFT_LINEAR_YES;
            const size_t size = loft_linear_pack_(l, &l->next);
            fresh = !loft_linear_seen_(&l->memo, l->next.reached, l->next.waiting, l->key, size);
            if (fresh)
                loft_linear_copy_(&l->now, &l->next);
        }
        if (!fresh) {
            at = (size_t)l->memo.room[at + LOFT_LINEAR_FROM_];
            if (at == SIZE_MAX)
                return LOFT_LINEAR_NO;
        }
    }
}

/* n calls with moments, by begin. */
LOFT_API loft_linear_answer
loft_linear_long_check_(const loft_linear_model *m, uint64_t arg, const loft_linear_op *const *op, size_t n,
                        uint64_t budget)
{
    struct loft_linear_long_ l;
    uint64_t room[64];
    uint32_t table[16];
    const size_t state = LOFT_LINEAR_UP_(m->state_bytes) / sizeof(uint64_t);
    const size_t waits = n / 2 + 1;
    loft_linear_answer answer = LOFT_LINEAR_GAVE_UP;
    if (n > UINT32_MAX >> 2 || n > SIZE_MAX / 128 || m->state_bytes > LOFT_LINEAR_STATE)
        return answer;
    uint64_t *const all = (uint64_t *)calloc(4 * n + 1 + 3 * waits + 4 * state, sizeof *all);
    if (!all)
        return answer;
    l.model = m;
    l.op = op;
    l.n = n;
    l.turn = (struct loft_linear_turn_ *)(void *)all;
    l.end = all + 2 * n;
    l.first_end = l.end + n;
    l.key = l.first_end + n + 1;
    l.now.state = l.key + waits + state;
    l.next.state = l.now.state + state;
    l.spare = l.next.state + state;
    l.now.wait = (uint32_t *)(void *)(l.spare + state);
    l.next.wait = l.now.wait + 2 * waits;
    l.must = 0;
    l.gave_up = false;
    l.first_end[n] = UINT64_MAX;
    for (size_t i = n; i-- > 0;) {
        l.end[i] = op[i]->pending ? UINT64_MAX : op[i]->end;
        l.first_end[i] = l.end[i] < l.first_end[i + 1] ? l.end[i] : l.first_end[i + 1];
        if (l.must == 0 && !op[i]->pending)
            l.must = i + 1;
    }
    l.now.reached = 0;
    l.now.waiting = 0;
    m->init(l.now.state, arg);
    l.now.used = loft_linear_used_(m, l.now.state);
    loft_linear_memo_begin_(&l.memo, room, sizeof room / sizeof *room, table, sizeof table / sizeof *table);
    if (l.now.used != SIZE_MAX)
        answer = loft_linear_walk_(&l, budget);
    loft_linear_memo_end_(&l.memo);
    free(all);
    return answer;
}

LOFT_API int
loft_linear_by_begin_(const void *x, const void *y)
{
    const loft_linear_op *const a = *(const loft_linear_op *const *)x;
    const loft_linear_op *const b = *(const loft_linear_op *const *)y;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

LOFT_API int
loft_linear_by_key_(const void *x, const void *y)
{
    const loft_linear_op *const a = *(const loft_linear_op *const *)x;
    const loft_linear_op *const b = *(const loft_linear_op *const *)y;
    return a->key < b->key ? -1 : a->key > b->key ? 1 : loft_linear_by_begin_(x, y);
}

#define LOFT_LINEAR_SHORT_  16

/* The same for few calls. */
LOFT_API loft_linear_answer
loft_linear_short_check_(const loft_linear_model *m, uint64_t arg, const loft_linear_op *const *op, size_t n,
                         uint64_t budget)
{
    loft_linear_op all[LOFT_LINEAR_SHORT_];
    uint64_t before[LOFT_LINEAR_SHORT_];
    for (size_t i = 0; i < n; i++) {
        all[i] = *op[i];
        before[i] = 0;
        for (size_t k = 0; k < i; k++)
            before[i] |= (uint64_t)(!op[k]->pending && op[k]->end < op[i]->begin) << k;
    }
    return loft_linear_search(m, arg, all, n, before, budget, NULL);
}

/* loft_linear_check - is there an order of the calls, each between its begin and its end, that a sequential object
 * could have had?
 *   returns   LOFT_LINEAR_YES, _NO; _GAVE_UP: the budget is spent for some key, a state did not fit, or no memory
 *   m, arg    the model and what its init is given
 *   op        in any order; pending calls have no end
 *   budget    most configurations tried, for each key if the model goes by key; 0: no limit but memory
 *   threads   any, each with its own history
 *   cost      where a model goes by key, each key is judged alone. Sets: about n log n. Others: about n log n times
 *             what their overlapping calls leave open, which is little for a true history and at worst exponential in
 *             how many calls on one key overlap. Some 50 bytes for each call that changes something
 */
LOFT_API loft_linear_answer
loft_linear_check(const loft_linear_model *m, uint64_t arg, const loft_linear_op *op, size_t n, uint64_t budget)
{
    const loft_linear_op *few[LOFT_LINEAR_OPS];
    const loft_linear_op **by = few;
    loft_linear_answer answer = LOFT_LINEAR_YES;
    if (n > LOFT_LINEAR_OPS)
        by = n > SIZE_MAX / sizeof *by ? NULL : (const loft_linear_op **)malloc(n * sizeof *by);
    if (!by)
        return LOFT_LINEAR_GAVE_UP;
    for (size_t i = 0; i < n; i++)
        by[i] = &op[i];
    qsort(by, n, sizeof *by, m->by_key ? loft_linear_by_key_ : loft_linear_by_begin_);
    for (size_t i = 0, k = 0; i < n && answer != LOFT_LINEAR_NO; i = k) {
        for (k = i + 1; k < n && (!m->by_key || by[k]->key == by[i]->key); k++)
            continue;
        const loft_linear_answer one = k - i <= LOFT_LINEAR_SHORT_
            ? loft_linear_short_check_(m, arg, by + i, k - i, budget)
            : loft_linear_long_check_(m, arg, by + i, k - i, budget);
        if (one != LOFT_LINEAR_YES)
            answer = one;
    }
    if (by != few)
        free(by);
    return answer;
}

/* ---- long histories of a queue ----------------------------------------------------------------------------------- */

#define LOFT_LINEAR_NEVER_  UINT64_MAX

/* How slots of calls in progress count for `full`: see the models of the same names. */
typedef enum loft_linear_hands {
    LOFT_LINEAR_FULL_IS_FULL,
    LOFT_LINEAR_IN_HAND,
    LOFT_LINEAR_ON_CREDIT
} loft_linear_hands;

/* An element's life: pushed in [a, b], popped in [c, d]. */
struct loft_linear_life_ {
    uint64_t value;
    uint64_t a;
    uint64_t b;
    uint64_t c;
    uint64_t d;
};

struct loft_linear_span_ {
    uint64_t from;
    uint64_t to;
};

#define LOFT_LINEAR_BY_(name, type, member) \
    LOFT_API int name(const void *x, const void *y) \
    { \
        const uint64_t a = ((const type *)x)->member; \
        const uint64_t b = ((const type *)y)->member; \
        return a < b ? -1 : a > b; \
    }
LOFT_LINEAR_BY_(loft_linear_life_by_value_, struct loft_linear_life_, value)
LOFT_LINEAR_BY_(loft_linear_life_by_a_, struct loft_linear_life_, a)
LOFT_LINEAR_BY_(loft_linear_life_by_b_, struct loft_linear_life_, b)

LOFT_API int
loft_linear_by_time_(const void *x, const void *y)
{
    const uint64_t a = *(const uint64_t *)x;
    const uint64_t b = *(const uint64_t *)y;
    return a < b ? -1 : a > b;
}

/* How many of the n sorted times are below t, or with `also` not above it. */
LOFT_API size_t
loft_linear_below_(const uint64_t *at, size_t n, uint64_t t, bool also)
{
    size_t lo = 0;
    size_t hi = n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (at[mid] < t || (also && at[mid] == t))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* One queue's calls and room to judge them: all arrays have n entries, `most` 2 n. */
struct loft_linear_fifo_ {
    const loft_linear_op *const *op;
    size_t n;
    size_t lives;
    size_t open;                                         /* pushes that have not returned and left nothing else   */
    uint64_t close_begin;
    uint64_t close_end;
    struct loft_linear_life_ *by_a;
    struct loft_linear_life_ *by_b;                      /* the pops, until the lives are made                    */
    struct loft_linear_span_ *span;
    uint64_t *a;
    uint64_t *b;
    uint64_t *c;
    uint64_t *d;
    uint64_t *most;
};

LOFT_API uint64_t
loft_linear_end_(const loft_linear_op *op)
{
    return op->pending ? LOFT_LINEAR_NEVER_ : op->end;
}

/* Pairs the pushes with the pops: lives, by their begin and by the end of their pushes. A push that has not returned
 * counts if its value came out. What a pop that has not returned took is unknown: anything left may have been. */
LOFT_API const char *
loft_linear_lives_(struct loft_linear_fifo_ *f)
{
    struct loft_linear_life_ *const life = f->by_a;
    struct loft_linear_life_ *const pop = f->by_b;
    const char *bad = NULL;
    size_t pushes = 0;
    size_t pops = 0;
    uint64_t open_pop = LOFT_LINEAR_NEVER_;
    f->close_begin = LOFT_LINEAR_NEVER_;
    f->close_end = LOFT_LINEAR_NEVER_;
    for (size_t i = 0; i < f->n; i++) {
        const loft_linear_op *const op = f->op[i];
        const uint64_t end = loft_linear_end_(op);
        if (op->kind == LOFT_LINEAR_CLOSE) {
            f->close_begin = op->begin < f->close_begin ? op->begin : f->close_begin;
            f->close_end = end < f->close_end ? end : f->close_end;
        } else if (op->kind == LOFT_LINEAR_PUSH && (op->pending || op->ok)) {
            life[pushes].value = op->arg;
            life[pushes].a = op->begin;
            life[pushes].b = end;
            life[pushes].c = LOFT_LINEAR_NEVER_;
            life[pushes++].d = LOFT_LINEAR_NEVER_;
        } else if (op->kind == LOFT_LINEAR_POP && op->pending) {
            open_pop = op->begin < open_pop ? op->begin : open_pop;
        } else if (op->kind == LOFT_LINEAR_POP && op->ok) {
            pop[pops].value = op->result;
            pop[pops].c = op->begin;
            pop[pops++].d = end;
        }
    }
    qsort(life, pushes, sizeof *life, loft_linear_life_by_value_);
    qsort(pop, pops, sizeof *pop, loft_linear_life_by_value_);
    f->lives = 0;
    f->open = 0;
    size_t k = 0;
    for (size_t i = 0; i < pushes && !bad; i++) {
        struct loft_linear_life_ l = life[i];
        const bool pending = l.b == LOFT_LINEAR_NEVER_;
        if (i && life[i - 1].value == l.value)
            bad = "a value pushed twice: not a history for this judge";
        if (k < pops && pop[k].value < l.value)
            bad = "fresh";
        if (k < pops && pop[k].value == l.value) {
            l.c = pop[k].c;
            l.d = pop[k].d;
            k++;
            if (l.d < l.a)
                bad = "fresh";
            if (k < pops && pop[k].value == l.value)
                bad = "repeat";
        } else if (pending) {
            f->a[f->open] = l.a;                         /* at most it holds a slot                               */
            f->d[f->open++] = LOFT_LINEAR_NEVER_;
            continue;
        } else {
            l.c = open_pop;
        }
        if (l.a > f->close_end)
            bad = "pushed after close";
        if (l.b > f->close_end)
            l.b = f->close_end;                          /* it took effect before the close did                   */
        life[f->lives++] = l;
    }
    if (!bad && k < pops)
        bad = "fresh";
    memcpy(f->by_b, life, f->lives * sizeof *life);
    qsort(f->by_a, f->lives, sizeof *f->by_a, loft_linear_life_by_a_);
    qsort(f->by_b, f->lives, sizeof *f->by_b, loft_linear_life_by_b_);
    return bad;
}

/* Some v was pushed before w was, and w was popped before v was. */
LOFT_API bool
loft_linear_out_of_order_(const struct loft_linear_fifo_ *f)
{
    uint64_t latest = 0;
    size_t k = 0;
    for (size_t i = 0; i < f->lives; i++) {
        for (; k < f->lives && f->by_b[k].b < f->by_a[i].a; k++)
            if (f->by_b[k].c > latest)
                latest = f->by_b[k].c;
        if (k && f->by_a[i].d < latest)
            return true;
    }
    return false;
}

/* Some pop said empty while, all through it, one element or another was surely inside. */
LOFT_API bool
loft_linear_not_empty_(const struct loft_linear_fifo_ *f)
{
    struct loft_linear_span_ *const span = f->span;
    size_t spans = 0;
    for (size_t i = 0; i < f->lives; i++) {
        const struct loft_linear_life_ *const l = &f->by_b[i];
        if (l->b >= l->c)
            continue;
        if (spans && l->b < span[spans - 1].to) {
            if (span[spans - 1].to < l->c)
                span[spans - 1].to = l->c;
        } else {
            span[spans].from = l->b;
            span[spans++].to = l->c;
        }
    }
    for (size_t i = 0; i < f->n; i++) {
        const loft_linear_op *const op = f->op[i];
        if (op->kind != LOFT_LINEAR_POP || op->ok || op->pending)
            continue;
        size_t lo = 0;
        size_t hi = spans;
        while (lo < hi) {
            const size_t mid = lo + (hi - lo) / 2;
            if (span[mid].from < op->begin)
                lo = mid + 1;
            else
                hi = mid;
        }
        if (lo && span[lo - 1].to > op->end)
            return true;
    }
    return false;
}

/* Some push was refused (before a close could be the reason) although at no moment of it all slots can have been in
 * use; or at some moment more elements than fit were surely inside. A push that a close refuses may have had a slot
 * in hand; on credit, any push. */
LOFT_API const char *
loft_linear_misfit_(struct loft_linear_fifo_ *f, uint64_t capacity, loft_linear_hands hands)
{
    const uint64_t itself = hands == LOFT_LINEAR_ON_CREDIT;  /* a refused push is among those it is compared with */
    uint64_t *const a = f->a;
    uint64_t *const b = f->b;
    uint64_t *const c = f->c;
    uint64_t *const d = f->d;
    uint64_t *const most = f->most;
    size_t n = f->open;
    size_t sure = 0;
    for (size_t i = 0; i < f->lives; i++) {
        a[n] = f->by_a[i].a;
        d[n++] = f->by_a[i].d;
        if (f->by_a[i].b < f->by_a[i].c) {
            b[sure] = f->by_a[i].b;
            c[sure++] = f->by_a[i].c;
        }
    }
    for (size_t i = 0; i < f->n; i++) {
        const loft_linear_op *const op = f->op[i];
        if (op->kind == LOFT_LINEAR_PUSH && !op->ok && !op->pending && (itself || op->end >= f->close_begin)) {
            a[n] = op->begin;
            d[n++] = op->end;
        }
    }
    qsort(a, n, sizeof *a, loft_linear_by_time_);
    qsort(d, n, sizeof *d, loft_linear_by_time_);
    qsort(b, sure, sizeof *b, loft_linear_by_time_);
    qsort(c, sure, sizeof *c, loft_linear_by_time_);
    for (size_t i = 0, ended = 0; i < sure; i++) {
        while (ended < sure && c[ended] <= b[i])
            ended++;
        if (i + 1 - ended > capacity)
            return "overfull";
    }
    /* The count of slots that may be in use rises only where a push begins: a tree of maxima over those moments. */
    for (size_t i = 0; i < n; i++)
        most[n + i] = loft_linear_below_(a, n, a[i], true) - loft_linear_below_(d, n, a[i], false);
    for (size_t i = n; i-- > 1;)
        most[i] = most[2 * i] > most[2 * i + 1] ? most[2 * i] : most[2 * i + 1];
    for (size_t i = 0; i < f->n; i++) {
        const loft_linear_op *const op = f->op[i];
        if (op->kind != LOFT_LINEAR_PUSH || op->ok || op->pending || op->end >= f->close_begin)
            continue;
        uint64_t top = loft_linear_below_(a, n, op->begin, true) - loft_linear_below_(d, n, op->begin, false);
        size_t lo = n + loft_linear_below_(a, n, op->begin, false);
        size_t hi = n + loft_linear_below_(a, n, op->end, true);
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
            return "not full";
    }
    return NULL;
}

/* loft_linear_queue_bad - a pattern that no FIFO queue can show, in a history of any length.
 *   returns   NULL: none was found. "fresh": popped what nobody had begun to push; "repeat": popped twice; "order":
 *             popped before what was pushed before it; "not empty": said to be empty while something was inside; "not
 *             full"; "overfull"; "pushed after close". Or why there is no verdict: a value was pushed twice, no memory
 *   capacity  0: no bound
 *   hands     how slots of calls in progress count for `full`
 *   op        from an empty queue on, of any number of queues (by key), all with this capacity; the values pushed into
 *             one queue are distinct; moments are below UINT64_MAX
 *   exact     without a bound, a close or a pending pop, NULL means linearizable (Henzinger, Sezgin and Vafeiadis
 *             2013). What it says of `full`, of close and of pending pops is sound but not complete: an accusation is
 *             true, and silence no proof
 *   threads   any, each with its own history
 *   cost      n log n, some 150 bytes for each call
 */
LOFT_API const char *
loft_linear_queue_bad(uint64_t capacity, loft_linear_hands hands, const loft_linear_op *op, size_t n)
{
    struct loft_linear_fifo_ f;
    const char *bad = NULL;
    const size_t each = sizeof *f.op + 2 * sizeof *f.by_a + sizeof *f.span + 6 * sizeof *f.a;
    if (n == 0)
        return NULL;
    unsigned char *const all = n > SIZE_MAX / each ? NULL : (unsigned char *)malloc(n * each);
    if (!all)
        return "no memory: not judged";
    f.by_a = (struct loft_linear_life_ *)(void *)all;
    f.by_b = f.by_a + n;
    f.span = (struct loft_linear_span_ *)(void *)(f.by_b + n);
    f.a = (uint64_t *)(void *)(f.span + n);
    f.b = f.a + n;
    f.c = f.b + n;
    f.d = f.c + n;
    f.most = f.d + n;
    const loft_linear_op **const by = (const loft_linear_op **)(void *)(f.most + 2 * n);
    bool keys = false;
    for (size_t i = 0; i < n; i++) {
        by[i] = &op[i];
        keys = keys || op[i].key != op[0].key;
    }
    if (keys)
        qsort(by, n, sizeof *by, loft_linear_by_key_);
    for (size_t i = 0, k = 0; i < n && !bad; i = k) {
        for (k = i + 1; k < n && by[k]->key == by[i]->key; k++)
            continue;
        f.op = by + i;
        f.n = k - i;
        bad = loft_linear_lives_(&f);
        if (!bad && loft_linear_out_of_order_(&f))
            bad = "order";
        if (!bad && loft_linear_not_empty_(&f))
            bad = "not empty";
        if (!bad && capacity)
            bad = loft_linear_misfit_(&f, capacity, hands);
    }
    free(all);
    return bad;
}

/* ---- for the reader ---------------------------------------------------------------------------------------------- */

/* Appends a number: in hexadecimal what is larger than people read. */
LOFT_API void
loft_linear_number_(char *text, size_t size, const char *before, uint64_t value, const char *behind)
{
    const size_t len = strlen(text);
    if (value < 1000000)
        snprintf(text + len, size - len, "%s%lu%s", before, (unsigned long)value, behind);
    else
        snprintf(text + len, size - len, "%s0x%llx%s", before, (unsigned long long)value, behind);
}

/* loft_linear_text - one call in words: "push(7)", "pop() = 7", "insert[5] false", "close() has not returned".
 *   returns   text, cut to size - 1 characters; at most 120 for the ready models
 *   m         tells what the kinds are called, and for the ready models which fields mean something
 *   threads   any
 */
LOFT_API const char *
loft_linear_text(const loft_linear_model *m, const loft_linear_op *op, char *text, size_t size)
{
    const bool ours = m->kind_name == loft_linear_kind_name;
    const unsigned k = op->kind;
    const bool keyed = op->key != 0 || !ours || (k >= LOFT_LINEAR_INSERT && k <= LOFT_LINEAR_PUT_IF_ABSENT);
    const bool takes = !ours || k == LOFT_LINEAR_PUSH || k == LOFT_LINEAR_PUT || k == LOFT_LINEAR_PUT_IF_ABSENT
                    || k == LOFT_LINEAR_ADD || k == LOFT_LINEAR_FETCH_ADD;
    const bool gives = !ours || k == LOFT_LINEAR_POP || k == LOFT_LINEAR_GET || k == LOFT_LINEAR_FETCH_ADD
                    || k == LOFT_LINEAR_READ || (k == LOFT_LINEAR_REMOVE && m->apply != loft_linear_set_apply_);
    const bool says = !ours || (k != LOFT_LINEAR_CLOSE && k != LOFT_LINEAR_ADD && k != LOFT_LINEAR_FETCH_ADD
                                && k != LOFT_LINEAR_READ);
    if (size == 0)
        return text;
    if (m->kind_name)
        snprintf(text, size, "%s", m->kind_name(k));
    else
        snprintf(text, size, "kind %u", k);
    if (keyed)
        loft_linear_number_(text, size, "[", op->key, "]");
    size_t len = strlen(text);
    if (takes)
        loft_linear_number_(text, size, "(", op->arg, ")");
    else if (k < LOFT_LINEAR_INSERT || k > LOFT_LINEAR_PUT_IF_ABSENT)
        snprintf(text + len, size - len, "()");
    len = strlen(text);
    if (op->pending)
        snprintf(text + len, size - len, " has not returned");
    else if (says && !op->ok)
        snprintf(text + len, size - len, " false");
    else if (gives)
        loft_linear_number_(text, size, " = ", op->result, "");
    else if (says)
        snprintf(text + len, size - len, " true");
    return text;
}

/* loft_linear_print - the history, a line for each call, by their begin: prefix, thread, the call in words, its moments
 * and, of up to 24 calls, a picture of who overlaps whom; no moments where all are the same.
 *   prefix    in front of each line, such as "# "
 *   threads   any
 */
LOFT_API void
loft_linear_print(FILE *out, const char *prefix, const loft_linear_model *m, const loft_linear_op *op, size_t n)
{
    enum { MOST = 24 };
    uint64_t at[2 * MOST];
    size_t moments = 0;
    const loft_linear_op **const by = n ? (const loft_linear_op **)malloc(n * sizeof *by) : NULL;
    for (size_t i = 0; i < n; i++) {
        if (by)
            by[i] = &op[i];
        if (n <= MOST) {
            at[moments++] = op[i].begin;
            if (!op[i].pending)
                at[moments++] = op[i].end;
        }
    }
    if (by)
        qsort(by, n, sizeof *by, loft_linear_by_begin_);
    if (n <= MOST)
        qsort(at, moments, sizeof *at, loft_linear_by_time_);
    size_t columns = 0;
    for (size_t i = 0; i < moments; i++)
        if (columns == 0 || at[i] != at[columns - 1])
            at[columns++] = at[i];
    bool timed = false;
    for (size_t i = 0; i < n; i++)
        timed = timed || op[i].begin != op[0].begin || (!op[i].pending && op[i].end != op[0].begin);
    for (size_t i = 0; i < n; i++) {
        const loft_linear_op *const o = by ? by[i] : &op[i];
        char text[128];
        char picture[2 * MOST + 1];
        size_t k = 0;
        for (; k < columns && timed; k++) {
            const bool inside = at[k] >= o->begin && (o->pending || at[k] <= o->end);
            picture[k] = !inside ? ' ' : at[k] == o->begin || (!o->pending && at[k] == o->end) ? '|' : '-';
        }
        picture[k] = '\0';
        fprintf(out, "%s%s%sthread %u  %s", prefix, picture, k ? "  " : "", o->thread,
                loft_linear_text(m, o, text, sizeof text));
        if (!timed)
            fprintf(out, "\n");
        else if (o->pending)
            fprintf(out, "  [%llu, ...\n", (unsigned long long)o->begin);
        else
            fprintf(out, "  [%llu, %llu]\n", (unsigned long long)o->begin, (unsigned long long)o->end);
    }
    free(by);
}

#endif /* supported */
#endif /* LOFT_CHECK_LINEAR_H */
