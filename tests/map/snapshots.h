/* SPDX-License-Identifier: MIT
 *
 * tests/map/snapshots.h - snapshots of ENGINE beside many threads: what only one instant can show. Entries that move
 * are in one place or the other, counters that are raised one after the other stand in order, and what snapshots of one
 * thread show only grows; then histories, a thread that stops anywhere, and memory that ends for those who report.
 */
#include "schemes.h"

#define OVER  loft_ebr
#include "numbers.h"
#define OVER  loft_qsbr
#include "numbers.h"

#include "freeze.h"
#include "histories.h"

enum { MOVERS = 2, SNAP_KEYS = 40, SNAP_THREADS = 4 };

struct snapping {
    struct bench b;
    unsigned long long rounds;
    LOFT_ATOMIC(int) busy;
    unsigned long snaps[SNAP_THREADS];
};
static struct snapping snapping;

struct seen {
    unsigned val[2 * SNAP_KEYS];                         /* 0: not in                                          */
    int last;
};

static bool
sees(int k, unsigned v, void *ctx)
{
    struct seen *const s = (struct seen *)ctx;
    if (k <= s->last || k >= 2 * SNAP_KEYS)
        trouble("a snapshot goes back");
    else
        s->val[k] = v;
    s->last = k;
    return true;
}

static bool
takes(struct snapping *c, void *me, const int *from, const int *to, struct seen *all)
{
    memset(all, 0, sizeof *all);
    all->last = -1;
    const loft_status s = c->b.s->snapshot(c->b.m, me, from, to, 0, sees, all);
    if (s != LOFT_OK && s != LOFT_NOMEM)
        trouble("a snapshot says something else");
    c->b.s->rest(me);
    return s == LOFT_OK;
}

/* What each of the two kinds of threads does. */
typedef void (*snap_part)(struct snapping *c, void *me, int id);
static snap_part snap_works;
static snap_part snap_takes;

static void
snap_thread(void *arg, int id)
{
    struct snapping *const c = (struct snapping *)arg;
    void *me;
    do {
        me = c->b.s->join(c->b.domain);                  /* memory may be short already                        */
    } while (!me);
    chaos_on((uint32_t)id + 1u);
    if (id < MOVERS) {
        snap_works(c, me, id);
        (void)loft_fetch_sub(&c->busy, 1, relaxed);
    } else {
        do {
            snap_takes(c, me, id);
            c->snaps[id]++;
        } while (loft_load(&c->busy, relaxed) > 0);
    }
    chaos_off();
    c->b.s->leave(me);
}

static void
snaps_beside(const struct subject *s, snap_part first, snap_part works, snap_part takes_it, unsigned long long rounds,
             const char *what)
{
    char text[160];
    unsigned long snaps = 0;
    memset(&snapping, 0, sizeof snapping);
    bench_begin(&snapping.b, s);
    snapping.rounds = scaled(rounds);
    loft_init(&snapping.busy, (int)MOVERS);
    snap_works = works;
    snap_takes = takes_it;
    first(&snapping, snapping.b.me, 0);
    s->leave(snapping.b.me);
    run_threads(SNAP_THREADS, snap_thread, &snapping);
    snapping.b.me = s->join(snapping.b.domain);
    bench_end(&snapping.b);
    for (int t = 0; t < SNAP_THREADS; t++)
        snaps += snapping.snaps[t];
    snprintf(text, sizeof text, "%s: %s", s->name, what);
    ok(troubles() == 0 && snaps > 0, text);
    note("%lu snapshots", snaps);
}

static void
put_or_abort(struct snapping *c, void *me, int k, unsigned v)
{
    const loft_status s = c->b.s->put(c->b.m, me, k, v);
    if (s != LOFT_OK && s != LOFT_REPLACED)
        abort();
}

/* An entry moves from i to i + SNAP_KEYS and back: it is put there before it is removed here, so it is never nowhere.
 * The even ones are one thread's, the odd ones the other's. */
static void
half(struct snapping *c, void *me, int id)
{
    (void)id;
    for (int i = 0; i < SNAP_KEYS; i++)
        put_or_abort(c, me, i, (unsigned)i + 1);
}

static void
moves(struct snapping *c, void *me, int id)
{
    struct dice d = dice_from((unsigned)id);
    bool up[SNAP_KEYS] = { false };
    for (unsigned long long r = 0; r < c->rounds; r++) {
        const int i = (int)dice_roll(&d, SNAP_KEYS / MOVERS) * MOVERS + id;
        const int from = up[i] ? i + SNAP_KEYS : i;
        put_or_abort(c, me, up[i] ? i : i + SNAP_KEYS, (unsigned)i + 1);
        if (!c->b.s->remove(c->b.m, me, from, NULL))
            trouble("what was to move was not there");
        up[i] = !up[i];
        c->b.s->rest(me);
    }
}

static void
all_are_somewhere(struct snapping *c, void *me, int id)
{
    struct seen s;
    (void)id;
    if (!takes(c, me, NULL, NULL, &s))
        trouble("no snapshot");
    for (int i = 0; i < SNAP_KEYS; i++)
        if (s.val[i] != (unsigned)i + 1 && s.val[i + SNAP_KEYS] != (unsigned)i + 1)
            trouble("an entry is nowhere");
}

/* Counters that one thread raises from the lowest key to the highest: none is ever above the one before. */
static void
zeros(struct snapping *c, void *me, int id)
{
    (void)id;
    for (int i = 0; i < 2 * SNAP_KEYS; i++)
        put_or_abort(c, me, i, 1);
}

static void
raises(struct snapping *c, void *me, int id)
{
    for (unsigned long long r = 0; r < c->rounds / 8; r++)
        for (int i = 0; i < SNAP_KEYS; i++)
            put_or_abort(c, me, i * MOVERS + id, (unsigned)r + 2);
}

static void
all_in_step(struct snapping *c, void *me, int id)
{
    struct seen s;
    struct seen part;
    const int from = SNAP_KEYS / 2;
    const int to = SNAP_KEYS;
    (void)id;
    if (!takes(c, me, NULL, NULL, &s) || !takes(c, me, &from, &to, &part))
        trouble("no snapshot");
    for (int i = 0; i < 2 * SNAP_KEYS; i++) {
        const unsigned above = i + MOVERS < 2 * SNAP_KEYS ? s.val[i + MOVERS] : s.val[i];
        if (!s.val[i] || s.val[i] < above || s.val[i] > above + 1)
            trouble("counters are out of step");
        if ((i >= from && i < to) != (part.val[i] != 0) || (part.val[i] && part.val[i] < s.val[i]))
            trouble("a later snapshot of a part is older");
        if (i >= from && i + MOVERS < to && part.val[i] < part.val[i + MOVERS])
            trouble("counters of a part are out of step");
    }
}

/* Popped at one end, put at the other: as many are in all the time, or one less for each who does it. */
static void
turns(struct snapping *c, void *me, int id)
{
    (void)id;
    for (unsigned long long r = 0; r < c->rounds; r++) {
        int k = 0;
        if (!c->b.s->pop(c->b.m, me, r % 2, &k, NULL))
            trouble("nothing to pop");
        put_or_abort(c, me, k, 7);
        c->b.s->rest(me);
    }
}

static void
all_but_some(struct snapping *c, void *me, int id)
{
    struct seen s;
    int n = 0;
    (void)id;
    if (!takes(c, me, NULL, NULL, &s))
        trouble("no snapshot");
    for (int i = 0; i < 2 * SNAP_KEYS; i++)
        n += s.val[i] != 0;
    if (n < SNAP_KEYS - MOVERS || n > SNAP_KEYS)
        trouble("more are gone than were popped");
}

/* Memory ends now and then, for whoever asks: no snapshot is wrong, and nobody is harmed. */
static void
moves_without(struct snapping *c, void *me, int id)
{
    for (unsigned long long r = 0; r < c->rounds; r++) {
        const int k = (int)(r * 7u % SNAP_KEYS);
        const loft_status s = c->b.s->put(c->b.m, me, k, (unsigned)k + 1);
        if (s != LOFT_REPLACED && s != LOFT_NOMEM)
            trouble("a put says something else");
        if (!c->b.s->contains(c->b.m, me, k))
            trouble("what stays is not there");
        if (r % 16 == 0 && id == 0)
            loft_alloc_fail_after((size_t)(r / 16 % 5));
        c->b.s->rest(me);
    }
    (void)loft_alloc_fail_stop();
}

static void
all_or_none(struct snapping *c, void *me, int id)
{
    struct seen s;
    (void)id;
    if (takes(c, me, NULL, NULL, &s))
        for (int i = 0; i < SNAP_KEYS; i++)
            if (s.val[i] != (unsigned)i + 1)
                trouble("an entry is missing");
}

static void
snapshots_of(const struct subject *s, unsigned long long rounds)
{
    if (left_out(s))
        return;
    snaps_beside(s, half, moves, all_are_somewhere, rounds, "what moves is somewhere in each snapshot");
    snaps_beside(s, zeros, raises, all_in_step, rounds, "counters stand in step, also in a later one of a part");
    snaps_beside(s, half, turns, all_but_some, rounds, "what is popped and put back, one by one");
    snaps_beside(s, half, moves_without, all_or_none, rounds, "without memory now and then");
    histories(s, 3, 400);
    histories(s, 5, 400);
}

static void
all_snapshots(void)
{
    snapshots_of(&over_loft_ebr_subject, 2000);
    snapshots_of(&over_loft_qsbr_subject, 1000);
}

static void
snapshots(void)
{
    freeze(&over_loft_ebr_subject);
    all_snapshots();
}

/* Of an engine whose changes take locks. */
static void
snapshots_locked(void)
{
    freeze_locked(&over_loft_ebr_subject);
    all_snapshots();
}
