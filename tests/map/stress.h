/* SPDX-License-Identifier: MIT
 *
 * tests/map/stress.h - many threads on one map: what went in is in or came out, be it spread or on a hot spot; nothing
 * is torn, no order is broken, and what was in all the time is seen by whoever walks by; whatever is popped is popped
 * once; updates add up; threads come and go; and a comparison that lies breaks nothing.
 */
#ifndef LOFT_TESTS_MAP_STRESS_H
#define LOFT_TESTS_MAP_STRESS_H

#include "subject.h"

#define CROWD       8                                    /* threads at most                                    */
#define CROWD_KEYS  512

struct crowd {
    struct bench b;
    int threads;
    int keys;
    unsigned hot;                                        /* percent of the calls that go to a fifth of the keys */
    unsigned long long rounds;                           /* of each thread                                     */
    long net[CROWD][CROWD_KEYS];                         /* of each key: put, less taken                       */
    unsigned long long added[CROWD];
    unsigned long wrong[CROWD];
    size_t blocks;                                       /* of memory, before                                  */
    LOFT_ATOMIC(int) busy;                               /* threads that change things                         */
    LOFT_ATOMIC(long) out[CROWD_KEYS];                   /* how often each key was popped                      */
};

static struct crowd crowd;

/* What each thread does; me is its record. */
typedef void (*crowd_part)(struct crowd *c, void *me, int id, struct dice *d);
static crowd_part crowd_does;

static void
crowd_thread(void *arg, int id)
{
    struct crowd *const c = (struct crowd *)arg;
    struct dice d = dice_from((uint64_t)id + 1000u * (unsigned)c->keys);
    void *const me = c->b.s->join(c->b.domain);
    if (!me)
        abort();
    chaos_on((uint32_t)id + 1u);
    crowd_does(c, me, id, &d);
    chaos_off();
    c->b.s->leave(me);
}

static void
crowd_begin(const struct subject *s, int threads, int keys, unsigned long long rounds)
{
    memset(&crowd, 0, sizeof crowd);
    crowd.blocks = (size_t)loft_alloc_stats_get().live;
    bench_begin(&crowd.b, s);
    crowd.threads = threads;
    crowd.keys = keys;
    crowd.rounds = rounds / (unsigned)threads + 5u;
    for (int k = 0; k < CROWD_KEYS; k++)
        loft_init(&crowd.out[k], 0L);
    loft_init(&crowd.busy, 0);
}

static void
crowd_run(crowd_part part)
{
    crowd_does = part;
    crowd.b.s->leave(crowd.b.me);                        /* whose record holds nothing up meanwhile            */
    run_threads(crowd.threads, crowd_thread, &crowd);
    crowd.b.me = crowd.b.s->join(crowd.b.domain);
    if (!crowd.b.me)
        abort();
}

static void
crowd_put(int k, unsigned v)
{
    if (crowd.b.s->put(crowd.b.m, crowd.b.me, k, v) != LOFT_OK)
        trouble("the map cannot be filled");
}

static void
crowd_end(unsigned long wrong, const char *what)
{
    char text[160];
    const struct subject *const s = crowd.b.s;
    for (int t = 0; t < CROWD; t++)
        wrong += crowd.wrong[t];
    bench_end(&crowd.b);
    if (!(s->is & IS_LEAKY) && things_left() != 0)
        trouble("things are held that nobody has any more");
    if (!(s->is & IS_LEAKY) && loft_alloc_stats_get().live != crowd.blocks)
        trouble("memory is lost");
    const unsigned long more = troubles();
    snprintf(text, sizeof text, "%s: %d threads on %d keys, %s", s->name, crowd.threads, crowd.keys, what);
    if (!ok(wrong == 0 && more == 0, text))
        note("%lu wrong answers, %lu troubles", wrong, more);
}

/* ---- what is in -------------------------------------------------------------------------------------------------- */

struct listing {
    int last;
    int step;                                            /* 1: rising, -1: falling                             */
    unsigned long n;
    unsigned long wrong;
    bool in[CROWD_KEYS];
};

static void
listing_begin(struct listing *l, bool down)
{
    memset(l, 0, sizeof *l);
    l->step = down ? -1 : 1;
    l->last = down ? CROWD_KEYS : -1;
}

static bool
listed(int k, unsigned v, void *ctx)
{
    struct listing *const l = (struct listing *)ctx;
    (void)v;
    if (k < 0 || k >= CROWD_KEYS || (k - l->last) * l->step <= 0) {
        l->wrong++;
        return false;
    }
    l->in[k] = true;
    l->last = k;
    return ++l->n <= CROWD_KEYS;
}

static const unsigned ways[] = {
    BY_EACH, BY_EACH | LOFT_RANGE_DOWN, BY_CURSOR, BY_CURSOR | LOFT_RANGE_DOWN, BY_SCAN, BY_SCAN | LOFT_RANGE_DOWN,
    BY_SNAP, BY_SNAP | LOFT_RANGE_DOWN
};
#define IS_DOWN(how)  (((how) & LOFT_RANGE_DOWN) != 0)
enum { WAYS = sizeof ways / sizeof ways[0] };

/* At rest: each way of looking says the same, and that is what the sums say. */
static unsigned long
crowd_sums(void)
{
    const struct subject *const s = crowd.b.s;
    unsigned long wrong = 0;
    unsigned long in = 0;
    for (int k = 0; k < crowd.keys; k++) {
        long net = 0;
        for (int t = 0; t < crowd.threads; t++)
            net += crowd.net[t][k];
        wrong += net != (s->contains(crowd.b.m, crowd.b.me, k) ? 1 : 0);
        in += net == 1;
    }
    for (int w = 0; w < WAYS; w++) {
        struct listing l;
        listing_begin(&l, IS_DOWN(ways[w]));
        wrong += s->range(crowd.b.m, crowd.b.me, NULL, NULL, ways[w], listed, &l) != in || l.wrong != 0;
        for (int k = 0; k < crowd.keys; k++)
            wrong += l.in[k] != s->contains(crowd.b.m, crowd.b.me, k);
    }
    wrong += s->approx_len(crowd.b.m, crowd.b.me) != in || s->is_empty(crowd.b.m, crowd.b.me) != (in == 0);
    return wrong;
}

/* ---- churn ------------------------------------------------------------------------------------------------------- */

static int
crowd_key(const struct crowd *c, struct dice *d)
{
    const unsigned fifth = (unsigned)c->keys / 5 + 1;
    return (int)(dice_roll(d, 100) < c->hot ? dice_roll(d, fifth) : dice_roll(d, (unsigned)c->keys));
}

/* Any call, with its answer in the sums. */
static void
churn_call(struct crowd *c, void *me, int id, struct dice *d)
{
    const struct subject *const s = c->b.s;
    void *const m = c->b.m;
    const int k = crowd_key(c, d);
    const bool set = (s->is & IS_SET) != 0;
    unsigned v = (unsigned)k;
    int at = -1;
    int calls;
    struct listing l;
    switch (dice_roll(d, 20)) {
    case 0: case 1: case 2: c->net[id][k] += s->put(m, me, k, v) == LOFT_OK; break;
    case 3: case 4: c->net[id][k] += s->put_if_absent(m, me, k, v) == LOFT_OK; break;
    case 5:  c->net[id][k] += (set ? s->put(m, me, k, v) : s->get_or_insert(m, me, k, v, &v)) == LOFT_OK; break;
    case 6:  c->net[id][k] += !set && s->get_or_insert_with(m, me, k, &v, &calls, &v) == LOFT_OK; break;
    case 7: case 8: case 9: case 10: c->net[id][k] -= s->remove(m, me, k, &v); break;
    case 11: c->net[id][k] -= !set && s->remove_if(m, me, k, v); break;
    case 12: c->wrong[id] += !set && s->get(m, me, k, &v) && v != (unsigned)k; break;
    case 13:
        if (s->pop(m, me, false, &at, &v))
            c->net[id][at]--;
        break;
    case 14:
        if (s->pop(m, me, true, &at, &v))
            c->net[id][at]--;
        break;
    case 15: {
        const enum near what = (enum near)dice_roll(d, 6);
        if (s->near(m, me, what, k, &at, &v))
            c->wrong[id] += (what == FLOOR && at > k) || (what == CEILING && at < k) || (what == LOWER && at >= k)
                         || (what == HIGHER && at <= k) || (!set && v != (unsigned)at);
        break;
    }
    case 16: c->wrong[id] += !set && s->replace(m, me, k, v, &v) == LOFT_REPLACED && v != (unsigned)k; break;
    case 17: (void)s->contains(m, me, k); break;
    case 18: {
        const unsigned how = ways[dice_roll(d, WAYS)];
        listing_begin(&l, IS_DOWN(how));
        (void)s->range(m, me, NULL, NULL, how, listed, &l);
        c->wrong[id] += l.wrong;
        break;
    }
    case 19: (void)s->approx_len(m, me); break;
    }
    s->rest(me);
}

static void
churns(struct crowd *c, void *me, int id, struct dice *d)
{
    for (unsigned long long i = 0; i < c->rounds; i++)
        churn_call(c, me, id, d);
}

static void
churn(const struct subject *s, int threads, int keys, unsigned hot, unsigned long long rounds)
{
    crowd_begin(s, threads, keys, rounds);
    crowd.hot = hot;
    crowd_run(churns);
    crowd_end(crowd_sums(), hot ? "most of it on a few: the sums" : "all calls: the sums");
}

/* Threads whose records come and go. */
static void
comes_and_goes(struct crowd *c, void *me, int id, struct dice *d)
{
    (void)me;
    for (unsigned long long i = 0; i < c->rounds / 8; i++) {
        void *const mine = c->b.s->join(c->b.domain);
        if (!mine) {
            c->wrong[id]++;
            break;
        }
        for (unsigned j = dice_roll(d, 16); j > 0; j--)
            churn_call(c, mine, id, d);
        c->b.s->leave(mine);
        c->b.s->rest(me);
    }
}

static void
coming_and_going(const struct subject *s, int threads, unsigned long long rounds)
{
    crowd_begin(s, threads, 24, rounds);
    crowd_run(comes_and_goes);
    crowd_end(crowd_sums(), "each there for a few calls: the sums");
}

/* ---- scans beside churn ------------------------------------------------------------------------------------------ */

/* Keys that a multiple of four is: they are in all the time, though their entries are replaced. */
static bool stays(int k) { return k % 4 == 0; }

/* The nearest key that stays, from k on. */
static int
staying(const struct crowd *c, int k, int step)
{
    while (k >= 0 && k < c->keys && !stays(k))
        k += step;
    return k >= c->keys ? -1 : k;
}

static void
scan_once(struct crowd *c, void *me, int id, struct dice *d)
{
    const struct subject *const s = c->b.s;
    const unsigned how = ways[dice_roll(d, WAYS)] | dice_roll(d, 4);
    const int from = (int)dice_roll(d, (unsigned)c->keys);
    const int to = (int)dice_roll(d, (unsigned)c->keys);
    const int *const low = dice_roll(d, 2) ? &from : NULL;
    const int *const high = dice_roll(d, 2) ? &to : NULL;
    struct listing l;
    size_t must = 0;
    listing_begin(&l, IS_DOWN(how));
    (void)s->range(c->b.m, me, low, high, how, listed, &l);
    c->wrong[id] += l.wrong;
    for (int k = 0; k < c->keys; k++) {
        const bool inside = !(low && (how & LOFT_RANGE_AFTER ? k <= from : k < from))
                         && !(high && (how & LOFT_RANGE_THROUGH ? k > to : k >= to));
        c->wrong[id] += inside ? stays(k) && !l.in[k] : l.in[k];
        must += inside && stays(k);
    }
    c->wrong[id] += s->count(c->b.m, me, low, high, how & 3u) < must;
}

/* From one to the next, as a user goes who holds nothing. */
static void
step_through(struct crowd *c, void *me, int id, struct dice *d)
{
    const struct subject *const s = c->b.s;
    const bool down = dice_roll(d, 2) != 0;
    struct listing l;
    int at = -1;
    unsigned v;
    listing_begin(&l, down);
    for (bool there = s->near(c->b.m, me, down ? LAST : FIRST, 0, &at, &v); there && listed(at, v, &l);
         there = s->near(c->b.m, me, down ? LOWER : HIGHER, at, &at, &v)) {
    }
    c->wrong[id] += l.wrong;
    for (int k = 0; k < c->keys; k += 4)
        c->wrong[id] += !l.in[k];
}

/* What stays is a bound for what is asked for. */
static void
ask_around(struct crowd *c, void *me, int id, struct dice *d)
{
    const struct subject *const s = c->b.s;
    const int k = (int)dice_roll(d, (unsigned)c->keys);
    int at = -1;
    unsigned v;
    const int below = staying(c, k, -1);
    const int above = staying(c, k, 1);
    c->wrong[id] += !s->near(c->b.m, me, FLOOR, k, &at, &v) || at > k || at < below;
    const bool over = s->near(c->b.m, me, CEILING, k, &at, &v);
    c->wrong[id] += (above >= 0 && (!over || at > above)) || (over && at < k);
    const int higher = staying(c, k + 1, 1);
    const bool after = s->near(c->b.m, me, HIGHER, k, &at, &v);
    c->wrong[id] += (higher >= 0 && (!after || at > higher)) || (after && at <= k);
    const int lower = k > 0 ? staying(c, k - 1, -1) : -1;
    const bool before = s->near(c->b.m, me, LOWER, k, &at, &v);
    c->wrong[id] += (lower >= 0 && (!before || at < lower)) || (before && at >= k);
    c->wrong[id] += !s->near(c->b.m, me, FIRST, 0, &at, &v) || at != 0;
    c->wrong[id] += !s->near(c->b.m, me, LAST, 0, &at, &v) || at < staying(c, c->keys - 1, -1);
    c->wrong[id] += (stays(k) && !s->contains(c->b.m, me, k)) || s->is_empty(c->b.m, me);
}

/* The even threads change things, the odd ones look, until the others are done. */
static void
looks_on(struct crowd *c, void *me, int id, struct dice *d)
{
    const struct subject *const s = c->b.s;
    unsigned v;
    int calls;
    if (id % 2) {
        do {
            switch (dice_roll(d, 4)) {
            case 0: scan_once(c, me, id, d); break;
            case 1: step_through(c, me, id, d); break;
            default: ask_around(c, me, id, d); break;
            }
            s->rest(me);
        } while (loft_load(&c->busy, relaxed) != 0);
        return;
    }
    for (unsigned long long i = 0; i < c->rounds; i++) {
        const int k = (int)dice_roll(d, (unsigned)c->keys);
        if (stays(k) && !(s->is & IS_SET)) {
            if (dice_roll(d, 2))
                c->wrong[id] += s->put(c->b.m, me, k, (unsigned)i) != LOFT_REPLACED;
            else
                c->wrong[id] += s->update(c->b.m, me, k, 1, &calls) != LOFT_REPLACED;
        } else if (!stays(k)) {
            if (dice_roll(d, 2))
                (void)s->put(c->b.m, me, k, (unsigned)i);
            else
                (void)s->remove(c->b.m, me, k, &v);
        }
        s->rest(me);
    }
    (void)loft_fetch_sub(&c->busy, 1, relaxed);
}

static void
scans(const struct subject *s, int threads, int keys, unsigned long long rounds)
{
    crowd_begin(s, threads, keys, rounds);
    for (int k = keys - 1; k >= 0; k--)
        if (stays(k))
            crowd_put(k, 7);
    loft_store(&crowd.busy, (threads + 1) / 2, relaxed);
    crowd_run(looks_on);
    crowd_end(0, "half of which look: what stays is seen, in order and once");
}

/* ---- the ground goes away under whoever stands on it ------------------------------------------------------------- */

struct felling {
    struct crowd *c;
    void *me;
    int id;
    int last;
    unsigned n;
};

static bool
fell(int k, unsigned v, void *ctx)
{
    struct felling *const f = (struct felling *)ctx;
    unsigned old;
    (void)v;
    f->c->wrong[f->id] += k <= f->last;
    f->last = k;
    if (f->c->b.s->remove(f->c->b.m, f->me, k, &old))
        f->c->net[f->id][k]--;
    return ++f->n < 2 * CROWD_KEYS;
}

/* Each visitor removes what it visits and puts it back behind itself; the others do the same. */
static void
fells(struct crowd *c, void *me, int id, struct dice *d)
{
    const struct subject *const s = c->b.s;
    for (unsigned long long i = 0; i < c->rounds / 16 + 1; i++) {
        struct felling f = { c, me, id, -1, 0 };
        const unsigned how = ways[dice_roll(d, WAYS)];
        /* By scan it is in a section, where a map may not be called with every scheme: for_each and cursors only. */
        if (!IS_DOWN(how) && !(how & (BY_SCAN | BY_SNAP)))
            (void)s->range(c->b.m, me, NULL, NULL, how, fell, &f);
        s->rest(me);
        for (int j = 0; j < 16; j++) {
            const int k = (int)dice_roll(d, (unsigned)c->keys);
            c->net[id][k] += s->put(c->b.m, me, k, (unsigned)k) == LOFT_OK;
            s->rest(me);
        }
    }
}

static void
felling(const struct subject *s, int threads, int keys, unsigned long long rounds)
{
    crowd_begin(s, threads, keys, rounds);
    crowd_run(fells);
    crowd_end(crowd_sums(), "each removes what it visits: the sums");
}

/* ---- pops -------------------------------------------------------------------------------------------------------- */

/* Nobody puts: each side sees them in order. */
static void
pops(struct crowd *c, void *me, int id, struct dice *d)
{
    const struct subject *const s = c->b.s;
    int low = -1;
    int high = c->keys;
    int at = -1;
    unsigned v;
    for (;;) {
        const bool highest = c->hot && dice_roll(d, 2);
        if (!s->pop(c->b.m, me, highest, &at, &v))
            break;
        c->wrong[id] += (highest ? at >= high : at <= low) || ((s->is & IS_SET) ? v != 0 : v != (unsigned)at + 1);
        *(highest ? &high : &low) = at;
        (void)loft_fetch_add(&c->out[at < 0 || at >= CROWD_KEYS ? 0 : at], 1L, relaxed);
        s->rest(me);
    }
    c->wrong[id] += !s->is_empty(c->b.m, me);
}

static void
popping(const struct subject *s, int threads, int keys, bool both)
{
    unsigned long wrong = 0;
    crowd_begin(s, threads, keys, 1);
    crowd.hot = both;
    for (int k = keys - 1; k >= 0; k--)
        crowd_put(k, (unsigned)k + 1);
    crowd_run(pops);
    for (int k = 0; k < keys; k++)
        wrong += loft_load(&crowd.out[k], relaxed) != 1;
    crowd_end(wrong, both ? "popping at both ends: each once, in order" : "popping the first: each once, in order");
}

/* Each puts its own keys, twice as many as it pops meanwhile: who pops the first gets none above what it put itself and
 * is still in, as far as it can know. */
static void
queues(struct crowd *c, void *me, int id, struct dice *d)
{
    const struct subject *const s = c->b.s;
    for (unsigned long long i = 0; i < c->rounds; i++) {
        const int k = (int)dice_roll(d, (unsigned)c->keys);
        int at = -1;
        unsigned v;
        c->net[id][k] += s->put_if_absent(c->b.m, me, k, (unsigned)k + 1) == LOFT_OK;
        if (dice_roll(d, 3)) {
            if (s->pop(c->b.m, me, dice_roll(d, 4) == 0, &at, &v)) {
                c->net[id][at]--;
                c->wrong[id] += !(s->is & IS_SET) && v != (unsigned)at + 1;
            }
        }
        s->rest(me);
    }
}

static void
queueing(const struct subject *s, int threads, int keys, unsigned long long rounds)
{
    crowd_begin(s, threads, keys, rounds);
    crowd_run(queues);
    crowd_end(crowd_sums(), "putting and popping: the sums");
}

/* ---- counters ---------------------------------------------------------------------------------------------------- */

/* A few keys that are never taken out, and grow. */
static void
counts_up(struct crowd *c, void *me, int id, struct dice *d)
{
    const struct subject *const s = c->b.s;
    unsigned last[CROWD_KEYS] = { 0 };
    for (unsigned long long i = 0; i < c->rounds; i++) {
        const int k = (int)dice_roll(d, (unsigned)c->keys);
        unsigned v = 0;
        int calls = 0;
        int at = -1;
        switch (dice_roll(d, 4)) {
        case 0: case 1:
            c->wrong[id] += s->update(c->b.m, me, k, 1, &calls) != LOFT_REPLACED || calls < 1;
            c->added[id]++;
            break;
        case 2:
            c->wrong[id] += !s->get(c->b.m, me, k, &v) || v < last[k];
            last[k] = v;
            if (s->replace_if(c->b.m, me, k, v, v + 1) == LOFT_REPLACED)
                c->added[id]++;
            break;
        case 3:
            c->wrong[id] += !s->near(c->b.m, me, dice_roll(d, 2) ? FLOOR : CEILING, k, &at, &v) || at != k
                         || v < last[k];
            last[k] = v;
            break;
        }
        s->rest(me);
    }
}

static void
counters(const struct subject *s, int threads, int keys, unsigned long long rounds)
{
    unsigned long long sum = 0;
    unsigned long long want = 0;
    crowd_begin(s, threads, keys, rounds);
    for (int k = 0; k < keys; k++)
        crowd_put(k, 0);
    crowd_run(counts_up);
    for (int k = 0; k < keys; k++) {
        unsigned v = 0;
        if (!s->get(crowd.b.m, crowd.b.me, k, &v))
            trouble("a counter is gone");
        sum += v;
    }
    for (int t = 0; t < threads; t++)
        want += crowd.added[t];
    crowd_end(sum != want, "counting up: all of it is there, never less, never gone");
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static void
stress(const struct subject *s, unsigned long long rounds)
{
    if (left_out(s))
        return;
    const unsigned long long n = scaled(rounds);
    churn(s, 8, 24, 0, n);
    churn(s, 4, 3, 0, n);
    churn(s, 8, 200, 80, n);
    coming_and_going(s, 8, n);
    scans(s, 4, 48, n);
    scans(s, 8, 120, n / 2);
    felling(s, 4, 40, n / 2);
    popping(s, 4, CROWD_KEYS, false);
    popping(s, 8, CROWD_KEYS, true);
    queueing(s, 4, 12, n);
    queueing(s, 8, 200, n);
    if (!(s->is & IS_SET)) {
        counters(s, 8, 3, n);
        counters(s, 4, 40, n);
    }
}

/* ---- with a comparison that lies --------------------------------------------------------------------------------- */

/* Nobody knows what is right; but it ends, and what is freed is out of reach. */
static void
is_lied_to(struct crowd *c, void *me, int id, struct dice *d)
{
    const struct subject *const s = c->b.s;
    unsigned v;
    int at;
    int calls;
    (void)id;
    for (unsigned long long i = 0; i < c->rounds; i++) {
        const int k = (int)dice_roll(d, 12);
        switch (dice_roll(d, 8)) {
        case 0: case 1: (void)s->put(c->b.m, me, k, 1); break;
        case 2: case 3: (void)s->remove(c->b.m, me, k, &v); break;
        case 4: (void)s->update(c->b.m, me, k, 1, &calls); break;
        case 5: (void)s->near(c->b.m, me, (enum near)dice_roll(d, 6), k, &at, &v); break;
        case 6: (void)s->pop(c->b.m, me, dice_roll(d, 2) != 0, &at, &v); break;
        case 7: (void)s->get(c->b.m, me, k, &v); break;
        }
        s->rest(me);
    }
}

static void
stress_liars(const struct subject *s, unsigned long long rounds)
{
    for (int lie = LIE_RANDOM; lie < LIES; lie++) {
        char text[100];
        crowd_begin(s, 4, 12, scaled(rounds));
        loft_store(&lying, lie, relaxed);
        crowd_run(is_lied_to);
        (void)s->clear(crowd.b.m, crowd.b.me);
        const bool empty = s->is_empty(crowd.b.m, crowd.b.me);
        snprintf(text, sizeof text, "and a comparison that %s", lie_name[lie]);
        crowd_end(!empty, text);
        loft_store(&lying, (int)LIE_NONE, relaxed);
    }
}

#endif /* LOFT_TESTS_MAP_STRESS_H */
