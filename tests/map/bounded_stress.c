/* SPDX-License-Identifier: MIT
 *
 * tests/map/bounded_stress.c - map/bounded.h around a skip list and a locked tree, under each policy: threads that put
 * in, replace, take out and pop, and others that take snapshots meanwhile, each of which is the map of one instant and
 * has no entry too many. At the end each entry and each value is accounted for.
 *
 * build: flags -DLOFT_ALLOC_STATS
 */
#include "../guard.h"

#include <loft/core/alloc.h>
#include <loft/smr/ebr.h>

#include "../tap.h"

enum { KEYS = 24, CAPACITY = 6, HANDS = 8 };

/* What one thread has done. */
struct hand {
    uint64_t state;
    unsigned long long made;                             /* values that the map got, or that were made for it  */
    unsigned long long sum;
    unsigned long long added;                            /* entries                                            */
    unsigned long long gone;
    unsigned long long full;
    unsigned long long looks;
    unsigned long long crammed;                          /* looks at a map that had all it may have            */
    unsigned long long wrong;
    char pad[LOFT_CACHELINE];
};

struct crowd {
    loft_ebr domain;
    int workers;
    int all;
    unsigned long long rounds;
    LOFT_ATOMIC(int) busy;
    struct hand hand[HANDS];
};

/* Values that were RELEASEd. */
static LOFT_ATOMIC(unsigned long) released;
static LOFT_ATOMIC(unsigned long) released_sum;

static void
lets_go(unsigned v)
{
    (void)loft_fetch_add(&released, 1ul, relaxed);
    (void)loft_fetch_add(&released_sum, (unsigned long)v, relaxed);
}

static unsigned
roll(struct hand *h, unsigned n)
{
    h->state ^= h->state << 13;
    h->state ^= h->state >> 7;
    h->state ^= h->state << 17;
    return (unsigned)(h->state % n);
}

static void
made(struct hand *h, unsigned v)
{
    h->made++;
    h->sum += v;
}

static bool
makes(unsigned *v, void *ctx)
{
    struct hand *const h = (struct hand *)ctx;
    const bool does = roll(h, 4) != 0;
    *v = (unsigned)h->made;
    if (does)
        made(h, *v);
    return does;
}

static bool
changes(unsigned *v, void *ctx)
{
    *v += 1;
    made((struct hand *)ctx, *v);
    return true;
}

struct view {
    int last;
    size_t n;
    bool wrong;
};

static bool
counts(int k, unsigned v, void *ctx)
{
    struct view *const all = (struct view *)ctx;
    (void)v;
    all->wrong = all->wrong || k <= all->last;
    all->last = k;
    all->n++;
    return true;
}

static void
crowd_begin(struct crowd *c, int workers, int readers)
{
    if (loft_ebr_init(&c->domain, NULL) != LOFT_OK)
        abort();
    memset(c->hand, 0, sizeof c->hand);
    c->workers = workers;
    c->all = workers + readers;
    c->rounds = scaled(20000) / (unsigned)workers + 16u;
    loft_init(&c->busy, workers);
    loft_init(&released, 0ul);
    loft_init(&released_sum, 0ul);
    for (int i = 0; i < c->all; i++)
        c->hand[i].state = 88172645463325252u + (uint64_t)i * 7919u;
}

/* The map is gone, in which so many were left, and as many places taken, or not. */
static void
crowd_end(struct crowd *c, const char *name, int full, size_t left, bool places)
{
    static const char *const what[] = { "refuses", "drops the lowest", "drops the highest" };
    struct hand sum;
    char text[120];
    memset(&sum, 0, sizeof sum);
    for (int i = 0; i < c->all; i++) {
        sum.made += c->hand[i].made;
        sum.sum += c->hand[i].sum;
        sum.added += c->hand[i].added;
        sum.gone += c->hand[i].gone;
        sum.full += c->hand[i].full;
        sum.looks += c->hand[i].looks;
        sum.crammed += c->hand[i].crammed;
        sum.wrong += c->hand[i].wrong;
    }
    const unsigned long long dropped = sum.added - sum.gone - left;
    snprintf(text, sizeof text, "%s, which %s, beside %d threads", name, what[full], c->all);
    if (!ok(sum.wrong == 0 && left <= CAPACITY && places && sum.gone + left <= sum.added
            && (full != 0 || dropped == 0), text))
        note("%llu wrong, %llu in, %llu out, %zu left, places %s", sum.wrong, sum.added, sum.gone, left,
             places ? "right" : "wrong");
    note("%llu looks, %llu when it was full; %llu refused, %llu dropped", sum.looks, sum.crammed, sum.full, dropped);
    ok(loft_ebr_fini(&c->domain) == LOFT_OK && loft_load(&released, relaxed) == (unsigned long)sum.made
           && loft_load(&released_sum, relaxed) == (unsigned long)sum.sum, "each value is let go once");
}

#define OVER         skips
#define OVER_ENGINE  <loft/map/skiplist.h>
#include "bounded_over.h"

#define OVER         locks
#define OVER_ENGINE  <loft/map/bst_locked.h>
#include "bounded_over.h"

int
main(void)
{
    watchdog("map/bounded_stress");
    for (int full = LOFT_BOUNDED_REFUSE; full <= LOFT_BOUNDED_DROP_LAST; full++) {
        skips_beside_many(2, 1, (loft_bounded_full)full);
        skips_beside_many(4, 2, (loft_bounded_full)full);
        locks_beside_many(2, 1, (loft_bounded_full)full);
        locks_beside_many(4, 2, (loft_bounded_full)full);
    }
    ok(loft_alloc_stats_get().live == 0, "nothing is left");
    return done();
}
