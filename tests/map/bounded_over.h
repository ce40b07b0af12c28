/* SPDX-License-Identifier: MIT
 *
 * tests/map/bounded_over.h - map/bounded.h around the engine OVER_ENGINE (its header), over epochs, beside many
 * threads: OVER is the prefix of what this defines, OVER_beside_many what runs it. Include it once for each.
 */
#define OVER_FN(f)   LOFT_CAT(OVER, f)
#define OVER_ALL     LOFT_CAT(OVER, all)

#define LOFT_MAP_NAME            OVER_ALL
#define LOFT_MAP_KEY             int
#define LOFT_MAP_VAL             unsigned
#define LOFT_MAP_EQ(a, b)        ((a) == (b))
#define LOFT_MAP_VAL_RELEASE(v)  lets_go(v)
#define LOFT_MAP_SMR             loft_ebr
#include OVER_ENGINE
#define LOFT_MAP_NAME            OVER
#define LOFT_MAP_VAL             unsigned
#define LOFT_MAP_EQ
#define LOFT_MAP_ENGINE          OVER_ALL
#include <loft/map/bounded.h>

static OVER OVER_FN(map);

/* What one thread has made is the map's, or nobody's, from here on. */
static void
OVER_FN(works)(struct crowd *c, int id, loft_ebr_thread *me)
{
    OVER *const m = &OVER_FN(map);
    struct hand *const h = &c->hand[id];
    for (unsigned long long i = 0; i < c->rounds; i++) {
        const int k = (int)roll(h, KEYS);
        const unsigned v = (unsigned)i * 8u + (unsigned)id;
        unsigned was = 0;
        loft_status s = LOFT_EXISTS;
        bool out = false;
        switch (roll(h, 16)) {
        case 0: case 1: case 2: case 3: s = OVER_FN(put)(m, me, k, v); break;
        case 4:  s = OVER_FN(put_if_absent)(m, me, k, v); break;
        case 5:  s = OVER_FN(get_or_insert)(m, me, k, v, &was); break;
        case 6:  h->added += OVER_FN(get_or_insert_with)(m, me, k, makes, h, &was) == LOFT_OK; break;
        case 7:  s = OVER_FN(replace)(m, me, k, v, &was); break;
        case 8:  (void)!OVER_FN(update)(m, me, k, changes, h); break;
        case 9:
            loft_ebr_enter(me);
            if (OVER_FN(get)(m, me, k, &was))
                s = OVER_FN(replace_if)(m, me, k, was, v);
            loft_ebr_exit(me);
            break;
        case 10: case 11: out = OVER_FN(remove)(m, me, k, &was); break;
        case 12:
            loft_ebr_enter(me);
            out = OVER_FN(get)(m, me, k, &was) && OVER_FN(remove_if)(m, me, k, was);
            loft_ebr_exit(me);
            break;
        case 13: out = OVER_FN(pop_first)(m, me, NULL, NULL); break;
        case 14: out = OVER_FN(pop_last)(m, me, NULL, NULL); break;
        case 15: h->gone += roll(h, 16) ? 0 : OVER_FN(clear)(m, me); break;
        }
        if (s == LOFT_OK || s == LOFT_REPLACED)
            made(h, v);
        h->added += s == LOFT_OK;
        h->full += s == LOFT_FULL;
        h->gone += out;
        h->wrong += s == LOFT_NOMEM;
    }
}

/* At no instant more than there may be. */
static void
OVER_FN(looks)(struct crowd *c, int id, loft_ebr_thread *me)
{
    OVER *const m = &OVER_FN(map);
    struct hand *const h = &c->hand[id];
    do {
        struct view all = { -1, 0, false };
        if (OVER_FN(remaining)(m) > CAPACITY || OVER_FN(approx_len)(m, me) > CAPACITY)
            h->wrong++;
        if (LOFT_CAT(OVER_ALL, snapshot)(&m->engine, me, NULL, NULL, 0, counts, &all) != LOFT_OK)
            h->wrong++;
        h->wrong += all.n > CAPACITY || all.wrong;
        h->looks++;
        h->crammed += all.n == CAPACITY;
    } while (loft_load(&c->busy, relaxed) > 0);
}

static void
OVER_FN(part)(void *arg, int id)
{
    struct crowd *const c = (struct crowd *)arg;
    loft_ebr_thread *const me = loft_ebr_join(&c->domain);
    if (!me)
        abort();
    chaos_on((uint32_t)id + 1u);
    if (id < c->workers) {
        OVER_FN(works)(c, id, me);
        (void)loft_fetch_sub(&c->busy, 1, relaxed);
    } else {
        OVER_FN(looks)(c, id, me);
    }
    chaos_off();
    loft_ebr_leave(me);
}

static void
OVER_FN(beside_many)(int workers, int readers, loft_bounded_full full)
{
    static struct crowd c;
    OVER_FN(options) o;
    memset(&o, 0, sizeof o);
    o.capacity = CAPACITY;
    o.full = full;
    crowd_begin(&c, workers, readers);
    if (OVER_FN(init_with)(&OVER_FN(map), &c.domain, &o) != LOFT_OK)
        abort();
    run_threads(workers + readers, OVER_FN(part), &c);
    loft_ebr_thread *const me = loft_ebr_join(&c.domain);
    const size_t left = OVER_FN(count)(&OVER_FN(map), me, NULL, NULL, 0);
    const bool places = OVER_FN(remaining)(&OVER_FN(map)) == CAPACITY - left;
    OVER_FN(fini)(&OVER_FN(map));
    loft_ebr_leave(me);
    crowd_end(&c, LOFT_STR(OVER), (int)full, left, places);
}

#undef OVER_FN
#undef OVER_ALL
#undef OVER
#undef OVER_ENGINE
