/* SPDX-License-Identifier: MIT
 *
 * tests/map/freeze.h - a thread frozen in the middle of a call must not stop the others, whose calls come to an end and
 * agree with each other; and when it goes on, what it did took place once, at one moment, or not at all.
 *
 * For k = 0, 1, 2, ... a victim is frozen just before the k-th atomic access of a call, until it comes through without
 * reaching the k-th. The others have records of their own: two of them call everything meanwhile.
 */
#ifndef LOFT_TESTS_MAP_FREEZE_H
#define LOFT_TESTS_MAP_FREEZE_H

#include "subject.h"

enum freeze_call {
    FREEZE_PUT_NEW, FREEZE_PUT_OLD, FREEZE_GET_OR_INSERT, FREEZE_REPLACE, FREEZE_REPLACE_IF, FREEZE_UPDATE,
    FREEZE_REMOVE, FREEZE_REMOVE_FIRST, FREEZE_REMOVE_LAST, FREEZE_REMOVE_IF, FREEZE_POP_FIRST, FREEZE_POP_LAST,
    FREEZE_GET, FREEZE_CONTAINS_NOT, FREEZE_FIRST, FREEZE_LAST, FREEZE_FLOOR, FREEZE_CEILING, FREEZE_LOWER,
    FREEZE_HIGHER, FREEZE_FOR_EACH, FREEZE_COUNT, FREEZE_SNAPSHOT, FREEZE_CLEAR, FREEZE_CALLS
};
static const char *const freeze_name[] = {
    "put of a new key", "put of an old one", "get_or_insert", "replace", "replace_if", "update", "remove",
    "remove of the first", "remove of the last", "remove_if", "pop_first", "pop_last", "get", "contains, of none",
    "first", "last", "floor", "ceiling", "lower", "higher", "for_each", "count", "snapshot",
    "clear"
};

enum { FROZEN_KEYS = 10 };                               /* even ones from 2 to 8 are in                       */

struct frozen {
    struct bench b;
    void *victim;
    enum freeze_call what;
    long at;
    long net;                                            /* what it put, less what it took: of all keys        */
};
static struct frozen frozen;

static bool
freeze_visit(int k, unsigned v, void *ctx)
{
    int *const last = (int *)ctx;
    (void)v;
    if (k <= *last)
        trouble("for_each goes back");
    *last = k;
    return true;
}

static void *
victim_main(void *arg)
{
    struct frozen *const f = (struct frozen *)arg;
    const struct subject *const s = f->b.s;
    void *const m = f->b.m;
    void *const me = f->victim;
    unsigned v = 0;
    int k = 0;
    int calls;
    freeze_at(f->at);
    switch (f->what) {
    case FREEZE_PUT_NEW:       f->net = s->put(m, me, 5, 100) == LOFT_OK; break;
    case FREEZE_PUT_OLD:       f->net = s->put(m, me, 4, 100) == LOFT_OK; break;
    case FREEZE_GET_OR_INSERT: f->net = s->get_or_insert(m, me, 5, 100, &v) == LOFT_OK; break;
    case FREEZE_REPLACE:       (void)s->replace(m, me, 4, 100, &v); break;
    case FREEZE_REPLACE_IF:    (void)s->replace_if(m, me, 4, 4, 100); break;
    case FREEZE_UPDATE:        (void)s->update(m, me, 4, 100, &calls); break;
    case FREEZE_REMOVE:        f->net = -s->remove(m, me, 4, &v); break;
    case FREEZE_REMOVE_FIRST:  f->net = -s->remove(m, me, 2, &v); break;
    case FREEZE_REMOVE_LAST:   f->net = -s->remove(m, me, 8, &v); break;
    case FREEZE_REMOVE_IF:     f->net = -s->remove_if(m, me, 4, 4); break;
    case FREEZE_POP_FIRST:     f->net = -s->pop(m, me, false, &k, &v); break;
    case FREEZE_POP_LAST:      f->net = -s->pop(m, me, true, &k, &v); break;
    case FREEZE_GET:           (void)s->get(m, me, 4, &v); break;
    case FREEZE_CONTAINS_NOT:  (void)s->contains(m, me, 5); break;
    case FREEZE_FIRST:   case FREEZE_LAST:  case FREEZE_FLOOR: case FREEZE_CEILING:
    case FREEZE_LOWER:   case FREEZE_HIGHER:
        (void)s->near(m, me, (enum near)(f->what - FREEZE_FIRST), 5, &k, &v);
        break;
    case FREEZE_FOR_EACH:      (void)s->range(m, me, NULL, NULL, BY_EACH, freeze_visit, &k); break;
    case FREEZE_COUNT:         (void)s->count(m, me, NULL, NULL, 0); break;
    case FREEZE_SNAPSHOT:
        if (s->snapshot && s->snapshot(m, me, NULL, NULL, 0, freeze_visit, &k) != LOFT_OK)
            trouble("no snapshot");
        break;
    case FREEZE_CLEAR:         f->net = -(long)s->clear(m, me); break;
    case FREEZE_CALLS:         break;
    }
    freeze_end();
    return NULL;
}

/* All kinds of calls. They come to an end and agree. */
static long
others_go_on(const struct bench *b, void *me)
{
    const struct subject *const s = b->s;
    void *const m = b->m;
    const bool set = (s->is & IS_SET) != 0;
    long net = 0;
    unsigned v = 0;
    int k = 0;
    int last = 0;
    int calls;
    for (int i = 1; i < FROZEN_KEYS; i++) {
        const loft_status put = s->put(m, me, i, (unsigned)i);
        net += put == LOFT_OK;
        if ((put != LOFT_OK && put != (set ? LOFT_EXISTS : LOFT_REPLACED)) || !s->contains(m, me, i))
            trouble("a put is not seen");
        if (!set && (s->update(m, me, i, 1000, &calls) != LOFT_REPLACED || !s->get(m, me, i, &v)
                     || v != 1000u + (unsigned)i))
            trouble("an update is not seen");
        if (!s->near(m, me, FLOOR, i, &k, &v) || k != i || !s->near(m, me, CEILING, i, &k, &v) || k != i)
            trouble("a neighbour is not seen");
    }
    if (s->range(m, me, NULL, NULL, BY_EACH, freeze_visit, &last) != FROZEN_KEYS - 1)
        trouble("for_each does not see all");
    if (s->count(m, me, NULL, NULL, 0) != FROZEN_KEYS - 1)
        trouble("count does not see all");
    last = 0;                                            /* two snapshots wait for each other                  */
    if (frozen.what != FREEZE_SNAPSHOT && s->range(m, me, NULL, NULL, BY_SNAP, freeze_visit, &last) != FROZEN_KEYS - 1)
        trouble("a snapshot does not see all");
    if (!s->near(m, me, FIRST, 0, &k, &v) || k != 1 || !s->near(m, me, LAST, 0, &k, &v) || k != FROZEN_KEYS - 1)
        trouble("the ends are wrong");
    if (!s->near(m, me, HIGHER, 4, &k, &v) || k != 5 || !s->near(m, me, LOWER, 6, &k, &v) || k != 5)
        trouble("the neighbours are wrong");
    if (!s->pop(m, me, false, &k, &v) || k != 1 || !s->pop(m, me, true, &k, &v) || k != FROZEN_KEYS - 1)
        trouble("pops are wrong");
    for (int i = 2; i < FROZEN_KEYS - 1; i++)
        if (!s->remove(m, me, i, &v) || s->contains(m, me, i))
            trouble("a remove is not seen");
    net -= FROZEN_KEYS - 1;
    if (!s->is_empty(m, me) || s->near(m, me, FLOOR, 5, &k, &v) || s->pop(m, me, false, &k, &v))
        trouble("it is not empty");
    /* And it is as it was, so that the victim finds what it knew. */
    for (int i = FROZEN_KEYS - 2; i > 0; i -= 2)
        net += s->put(m, me, i, (unsigned)i) == LOFT_OK;
    s->rest(me);
    return net;
}

/* What others do meanwhile, from whatever the victim has made of the map: what they put, less what they took. */
typedef long (*freeze_others)(const struct bench *b, void *me);

/* Of the calls that pick says: while others do what they do. */
static void
freeze_while(const struct subject *s, bool (*pick)(const struct subject *, enum freeze_call), freeze_others others)
{
    char text[160];
    if (left_out(s))
        return;
    for (int what = 0; what < FREEZE_CALLS; what++) {
        unsigned long bad = 0;
        if (!pick(s, (enum freeze_call)what) || (what == FREEZE_SNAPSHOT && !s->snapshot))
            continue;
        long places = 0;
        for (bool stopped = true; stopped;) {
            pthread_t id;
            long net = 0;
            int last = 0;
            bench_begin(&frozen.b, s);
            frozen.victim = s->join(frozen.b.domain);
            void *const other = s->join(frozen.b.domain);
            if (!frozen.victim || !other)
                abort();
            for (int k = FROZEN_KEYS - 2; k > 0; k -= 2)
                net += s->put(frozen.b.m, frozen.b.me, k, (unsigned)k) == LOFT_OK;
            frozen.what = (enum freeze_call)what;
            frozen.at = places;
            frozen.net = 0;
            freeze_arm();
            if (pthread_create(&id, NULL, victim_main, &frozen) != 0)
                abort();
            stopped = freeze_wait();
            if (stopped) {
                places++;
                for (int i = 0; i < 3; i++) {
                    net += others(&frozen.b, frozen.b.me);
                    net += others(&frozen.b, other);
                }
                freeze_release();
            }
            pthread_join(id, NULL);
            net += frozen.net;
            bad += net != (long)s->count(frozen.b.m, frozen.b.me, NULL, NULL, 0);
            bad += net != (long)s->range(frozen.b.m, frozen.b.me, NULL, NULL, BY_EACH, freeze_visit, &last);
            (void)others_go_on(&frozen.b, frozen.b.me);
            s->leave(other);
            s->leave(frozen.victim);
            bench_end(&frozen.b);
        }
        bad += troubles();
        snprintf(text, sizeof text, "%s: %s stopped at each of its %ld places: the others go on", s->name,
                 freeze_name[what], places);
        ok(bad == 0 && places > 2, text);
    }
}

static bool freeze_any(const struct subject *s, enum freeze_call what) { (void)s; (void)what; return true; }
static void freeze(const struct subject *s) { freeze_while(s, freeze_any, others_go_on); }

/* ---- where changes take locks ------------------------------------------------------------------------------------ */

static bool
freeze_look(const struct subject *s, enum freeze_call what)
{
    return what >= FREEZE_GET && (what < FREEZE_SNAPSHOT || (what == FREEZE_SNAPSHOT && !(s->is & IS_STILL)));
}
static bool freeze_change(const struct subject *s, enum freeze_call what) { return !freeze_look(s, what); }

/* All kinds of calls that change nothing, and take no locks, beside one change of keys 2, 4, 5 or 8, or of all. */
static long
others_look(const struct bench *b, void *me)
{
    const struct subject *const s = b->s;
    void *const m = b->m;
    const bool clears = frozen.what == FREEZE_CLEAR;
    unsigned v = 0;
    int k = 0;
    int last = 0;
    for (int i = 1; i < FROZEN_KEYS; i++) {
        const bool there = s->contains(m, me, i);
        if (i == 6 && !there && !clears)
            trouble("a key is missed that stays");
        if (i % 2 && i != 5 && there)
            trouble("a key is seen that nobody put");
        if (!(s->is & IS_SET) && s->get(m, me, i, &v) != there)
            trouble("get and contains do not agree");
        if (s->near(m, me, FLOOR, i, &k, &v) ? k > i || (there && k != i) : there)
            trouble("a floor is wrong");
        if (s->near(m, me, CEILING, i, &k, &v) ? k < i || (there && k != i) : there)
            trouble("a ceiling is wrong");
        if ((s->near(m, me, LOWER, i, &k, &v) && k >= i) || (s->near(m, me, HIGHER, i, &k, &v) && k <= i))
            trouble("a neighbour is wrong");
    }
    const size_t n = s->range(m, me, NULL, NULL, BY_EACH, freeze_visit, &last);
    if (n > FROZEN_KEYS / 2 || (n < FROZEN_KEYS / 2 - 2 && !clears) || s->count(m, me, NULL, NULL, 0) != n)
        trouble("a walk does not see all");
    last = 0;
    if (!(s->is & IS_STILL) && s->range(m, me, NULL, NULL, BY_SNAP, freeze_visit, &last) != n)
        trouble("a snapshot does not see all");
    if (s->near(m, me, FIRST, 0, &k, &v) != (n > 0) || s->near(m, me, LAST, 0, &k, &v) != (n > 0)
        || s->is_empty(m, me) != (n == 0))
        trouble("the ends are wrong");
    s->rest(me);
    return 0;
}

/* Who stops in the midst of a change holds up changes near by, and no look; who stops while it looks, nobody. */
static void
freeze_locked(const struct subject *s)
{
    freeze_while(s, freeze_look, others_go_on);
    freeze_while(s, freeze_change, others_look);
}

#endif /* LOFT_TESTS_MAP_FREEZE_H */
