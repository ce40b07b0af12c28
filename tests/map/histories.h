/* SPDX-License-Identifier: MIT
 *
 * tests/map/histories.h - are the calls of a few threads on a few keys linearizable, as calls of one map? Real threads
 * in short bursts, moments from the clock; all calls of a burst are judged together, because what first or floor answer
 * is no matter of one key. No counter is shared, it would order what the map must order. A full fence lies between the
 * clock and the call on both sides, so that a store that is still in a buffer does not count as returned.
 */
#ifndef LOFT_TESTS_MAP_HISTORIES_H
#define LOFT_TESTS_MAP_HISTORIES_H

#include "subject.h"

#include <loft/check/linear.h>

enum { HISTORY_KEYS = 5, HISTORY_CALLS = 8, HISTORY_THREADS = 4 };
enum { HISTORY_ALL = HISTORY_CALLS * HISTORY_THREADS + HISTORY_KEYS };

enum said {
    GET, HAS, PUT, PUT_NEW, GET_OR, REPLACE, REPLACE_IF, UPDATE, REMOVE, REMOVE_IF, POP_FIRST, POP_LAST, NEAR,
    SNAP = NEAR + 6, SAID
};

/* Values by key from 1 on, 0: none; model_arg: which keys are in at the beginning, with their own number. Of sets all
 * values are 1. */
#define SAID_SET  ((uint64_t)1 << 63)
struct said_model {
    uint64_t value[HISTORY_KEYS + 1];
};

static void
said_init(void *state, uint64_t arg)
{
    struct said_model *const m = (struct said_model *)state;
    memset(m, 0, sizeof *m);
    for (unsigned k = 1; k <= HISTORY_KEYS; k++)
        m->value[k] = !(arg >> k & 1u) ? 0 : arg & SAID_SET ? 1 : k;
}

static unsigned
said_near(const struct said_model *m, unsigned k, int step)
{
    for (; k > 0 && k <= HISTORY_KEYS; k += (unsigned)step)
        if (m->value[k])
            return k;
    return 0;
}

/* What a snapshot has, in one number. */
static uint64_t
said_sum(uint64_t sum, unsigned k, uint64_t v)
{
    return v ? (sum ^ ((uint64_t)k << 32 | v)) * 0x9e3779b97f4a7c15u : sum;
}

static bool
said_apply(void *state, const loft_linear_op *op)
{
    struct said_model *const m = (struct said_model *)state;
    const unsigned k = (unsigned)op->key;
    uint64_t *its = &m->value[k];
    uint64_t result = *its;
    bool done = *its != 0;
    unsigned at = 0;
    switch (op->kind) {
    case GET:     break;
    case HAS:     result = 0; break;
    case PUT:     done = !done; result = 0; *its = op->arg; break;
    case PUT_NEW: done = !done; result = 0; if (done) *its = op->arg; break;
    case GET_OR:  done = !done; if (done) *its = op->arg; return op->ok == done && op->result == *its;
    case REPLACE: if (done) *its = op->arg; break;
    case REPLACE_IF:                                     /* what is expected is in the high half               */
        done = done && *its == op->arg >> 32;
        result = 0;
        if (done)
            *its = op->arg & 0xffffffffu;
        break;
    case UPDATE:  result = 0; if (done) *its += op->arg; break;
    case REMOVE:  *its = 0; break;
    case REMOVE_IF:
        done = done && *its == op->arg;
        result = 0;
        if (done)
            *its = 0;
        break;
    case SNAP:
        for (at = 1, result = 0; at <= HISTORY_KEYS; at++)
            result = said_sum(result, at, m->value[at]);
        done = true;
        break;
    default:
        switch (op->kind) {
        case POP_FIRST: case NEAR + FIRST: at = said_near(m, 1, 1); break;
        case POP_LAST: case NEAR + LAST:   at = said_near(m, HISTORY_KEYS, -1); break;
        case NEAR + FLOOR:                 at = said_near(m, k, -1); break;
        case NEAR + CEILING:               at = said_near(m, k, 1); break;
        case NEAR + LOWER:                 at = said_near(m, k - 1, -1); break;
        case NEAR + HIGHER:                at = said_near(m, k + 1, 1); break;
        }
        done = at != 0;
        its = &m->value[at];
        result = done ? (uint64_t)at << 32 | *its : 0;
        if (op->kind < NEAR)
            *its = 0;
    }
    return op->ok == done && (!done || op->result == result);
}

static const char *
said_name(unsigned kind)
{
    static const char *const name[] = {
        "get", "contains", "put", "put_if_absent", "get_or_insert", "replace", "replace_if", "update", "remove",
        "remove_if", "pop_first", "pop_last", "first", "last", "floor", "ceiling", "lower", "higher",
        "snapshot"
    };
    return kind < sizeof name / sizeof name[0] ? name[kind] : "?";
}

static const loft_linear_model said_model = {
    "ordered map", sizeof(struct said_model), said_init, said_apply, said_name, false, NULL, NULL, 0, NULL, NULL
};

static uint64_t
moment(void)
{
    struct timespec t;
    loft_fence(seq_cst);
    clock_gettime(CLOCK_MONOTONIC, &t);
    loft_fence(seq_cst);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct history {
    struct bench b;
    unsigned long rounds;
    int keys;
    LOFT_ATOMIC(unsigned long) round;
    LOFT_ATOMIC(int) done;
    loft_linear_op op[HISTORY_ALL];
    unsigned long wrong;
    unsigned long gave_up;
    unsigned long overlaps;
};
static struct history history;

static bool
snapped(int k, unsigned v, void *ctx)
{
    uint64_t *const sum = (uint64_t *)ctx;
    *sum = said_sum(*sum, (unsigned)k, v ? v : 1u);      /* in a set all are 1                                 */
    return true;
}

/* One call, told to o. */
static void
say(const struct bench *b, void *me, loft_linear_op *o, int id, unsigned value, struct dice *d, int keys)
{
    const struct subject *const s = b->s;
    unsigned kind = dice_roll(d, s->snapshot ? SAID : SNAP);
    uint64_t sum = 0;
    const int k = 1 + (int)dice_roll(d, (unsigned)keys);
    unsigned v = 0;
    int at = 0;
    int calls;
    /* It is no secret which value a key had at the beginning, or which one this thread put last. */
    const unsigned expected = dice_roll(d, 2) ? (unsigned)k : value - 1;
    if ((s->is & IS_SET) && kind != HAS && kind != PUT_NEW && kind != REMOVE && kind < POP_FIRST)
        kind = dice_roll(d, 2) ? PUT_NEW : REMOVE;
    memset(o, 0, sizeof *o);
    o->kind = kind;
    o->thread = (unsigned)id;
    o->key = (uint64_t)k;
    o->arg = kind == REPLACE_IF ? (uint64_t)expected << 32 | value : kind == REMOVE_IF ? expected
           : kind == UPDATE ? 1000u : value;
    o->begin = moment();
    switch (kind) {
    case GET:        o->ok = s->get(b->m, me, k, &v); break;
    case HAS:        o->ok = s->contains(b->m, me, k); break;
    case PUT:        o->ok = s->put(b->m, me, k, value) == LOFT_OK; break;
    case PUT_NEW:    o->ok = s->put_if_absent(b->m, me, k, value) == LOFT_OK; break;
    case GET_OR:     o->ok = s->get_or_insert(b->m, me, k, value, &v) == LOFT_OK; break;
    case REPLACE:    o->ok = s->replace(b->m, me, k, value, &v) == LOFT_REPLACED; break;
    case REPLACE_IF: o->ok = s->replace_if(b->m, me, k, expected, value) == LOFT_REPLACED; break;
    case UPDATE:     o->ok = s->update(b->m, me, k, 1000u, &calls) == LOFT_REPLACED; break;
    case REMOVE:     o->ok = s->remove(b->m, me, k, &v); break;
    case REMOVE_IF:  o->ok = s->remove_if(b->m, me, k, expected); break;
    case POP_FIRST: case POP_LAST: o->ok = s->pop(b->m, me, kind == POP_LAST, &at, &v); break;
    case SNAP:       o->ok = s->snapshot(b->m, me, NULL, NULL, 0, snapped, &sum) == LOFT_OK; break;
    default:         o->ok = s->near(b->m, me, (enum near)(kind - NEAR), k, &at, &v); break;
    }
    o->end = moment();
    if (s->is & IS_SET) {
        o->arg = 1;
        v = kind != HAS && kind != PUT_NEW;
    }
    o->result = kind == SNAP ? sum : (uint64_t)(unsigned)at << 32 | v;
    s->rest(me);
}

/* The referee begins a round with some keys in, waits for all, and judges. */
static void
judge(struct history *h, unsigned long round, void *me)
{
    const struct subject *const s = h->b.s;
    const unsigned in = (unsigned)(round * 7u) & ((2u << h->keys) - 2u);
    size_t n = (size_t)HISTORY_THREADS * HISTORY_CALLS;
    uint64_t last = 0;
    (void)s->clear(h->b.m, me);
    for (int k = 1; k <= h->keys; k++)
        if (in >> k & 1u && s->put(h->b.m, me, k, (unsigned)k) != LOFT_OK)
            trouble("the map cannot be filled");
    s->rest(me);
    loft_store(&h->done, 0, relaxed);
    loft_store(&h->round, round, release);
    while (loft_load(&h->done, acquire) != HISTORY_THREADS) {
        s->rest(me);
        sched_yield();
    }
    for (size_t i = 0; i < n; i++) {
        last = h->op[i].end > last ? h->op[i].end : last;
        for (size_t j = 0; j < i; j++)
            h->overlaps += h->op[i].thread != h->op[j].thread && h->op[i].begin < h->op[j].end
                        && h->op[j].begin < h->op[i].end;
    }
    for (int k = 1; k <= h->keys; k++, n++) {            /* what is there in the end is part of the history    */
        loft_linear_op *const o = &h->op[n];
        unsigned v = 0;
        memset(o, 0, sizeof *o);
        o->kind = s->is & IS_SET ? HAS : GET;
        o->thread = HISTORY_THREADS;
        o->key = (uint64_t)k;
        o->begin = o->end = ++last;
        o->ok = s->is & IS_SET ? s->contains(h->b.m, me, k) : s->get(h->b.m, me, k, &v);
        o->result = v;
    }
    const uint64_t kind = s->is & IS_SET ? SAID_SET : 0;
    const loft_linear_answer answer = loft_linear_check(&said_model, in | kind, h->op, n, 1000000);
    h->gave_up += answer == LOFT_LINEAR_GAVE_UP;
    if (answer == LOFT_LINEAR_NO && h->wrong++ == 0) {
        note("round %lu, keys at the beginning: %#x", round, in);
        loft_linear_print(stdout, "# ", &said_model, h->op, n);
    }
}

static void
history_thread(void *arg, int id)
{
    struct history *const h = (struct history *)arg;
    const struct subject *const s = h->b.s;
    void *const me = s->join(h->b.domain);
    struct dice d = dice_from((unsigned)id + 77u);
    if (!me)
        abort();
    for (unsigned long r = 1; r <= h->rounds; r++) {
        if (id == HISTORY_THREADS) {
            judge(h, r, me);
            continue;
        }
        while (loft_load(&h->round, acquire) < r) {
            s->rest(me);
            sched_yield();
        }
        chaos_on((uint32_t)(r * 8u + (unsigned)id));
        for (int i = 0; i < HISTORY_CALLS; i++)
            say(&h->b, me, &h->op[id * HISTORY_CALLS + i], id, (unsigned)((id + 1) * 100 + i), &d, h->keys);
        chaos_off();
        (void)loft_fetch_add(&h->done, 1, acq_rel);
    }
    s->leave(me);
}

static void
histories(const struct subject *s, int keys, unsigned long long rounds)
{
    char text[160];
    if (left_out(s))
        return;
    memset(&history, 0, sizeof history);
    bench_begin(&history.b, s);
    history.rounds = (unsigned long)scaled(rounds);
    history.keys = keys;
    loft_init(&history.round, 0ul);
    loft_init(&history.done, 0);
    s->leave(history.b.me);
    run_threads(HISTORY_THREADS + 1, history_thread, &history);
    history.b.me = s->join(history.b.domain);
    bench_end(&history.b);
    snprintf(text, sizeof text, "%s: %lu histories of %d threads on %d keys are linearizable", s->name, history.rounds,
             (int)HISTORY_THREADS, keys);
    if (!ok(history.wrong == 0 && history.gave_up == 0 && troubles() == 0, text))
        note("%lu are not, %lu could not be judged", history.wrong, history.gave_up);
    note("%lu pairs of calls overlap", history.overlaps);
}

#endif /* LOFT_TESTS_MAP_HISTORIES_H */
